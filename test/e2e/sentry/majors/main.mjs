// The host as an ES module.
import 'reflect-metadata';
import * as common from '@nestjs/common';
import * as core from '@nestjs/core';
import * as emitter from '@nestjs/event-emitter';
import * as microservices from '@nestjs/microservices';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import * as schedule from '@nestjs/schedule';
import * as observability from 'nestjs-observability';
import { run } from './app.cjs';

const adapters = { express: ExpressAdapter, fastify: FastifyAdapter };
const packages = { common, core, emitter, microservices, schedule, observability, adapters };
await run(packages, process.argv[2], process.argv[3]);
