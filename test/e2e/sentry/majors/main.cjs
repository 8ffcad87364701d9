// The host as CommonJS, which requires the ES modules.
require('reflect-metadata');
const common = require('@nestjs/common');
const core = require('@nestjs/core');
const emitter = require('@nestjs/event-emitter');
const microservices = require('@nestjs/microservices');
const { ExpressAdapter } = require('@nestjs/platform-express');
const { FastifyAdapter } = require('@nestjs/platform-fastify');
const schedule = require('@nestjs/schedule');
const observability = require('nestjs-observability');
const { run } = require('./app.cjs');

const adapters = { express: ExpressAdapter, fastify: FastifyAdapter };
const packages = { common, core, emitter, microservices, schedule, observability, adapters };
void run(packages, process.argv[2], process.argv[3]);
