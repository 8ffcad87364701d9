// Boots one large application, in a process of its own, and tells how long that took in milliseconds.
import 'reflect-metadata';
import { Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { HealthCheck, HealthRegistry, ObservabilityModule } from 'nestjs-observability';

const { modules, providersPerModule, markedPerModule, inherited, withOurs } = JSON.parse(
  process.argv[2],
);

/** A class with three methods. */
function plainClass() {
  return class {
    find() {}
    create() {}
    remove() {}
  };
}

/** The same with a check, named after the class that is made from it. */
function markedClass() {
  const type = plainClass();
  const method = Object.getOwnPropertyDescriptor(type.prototype, 'find');
  HealthCheck((self) => self.constructor.name)(type.prototype, 'find', method);
  return type;
}

const Parent = markedClass();

function inheritingClass() {
  return class extends Parent {};
}

function classOf(name, isMarked) {
  const make = !isMarked ? plainClass : inherited ? inheritingClass : markedClass;
  return Object.defineProperty(make(), 'name', { value: name });
}

/** Each provider needs the first of its module, as providers need one another. */
function featureModule(index) {
  const providers = [];
  for (let at = 0; at < providersPerModule; at += 1) {
    const type = classOf(`Provider_${index}_${at}`, at < markedPerModule);
    const needs = providers.slice(0, 1);
    Reflect.defineMetadata('design:paramtypes', needs, type);
    Injectable()(type);
    providers.push(type);
  }
  const type = Object.defineProperty(class {}, 'name', { value: `Feature${index}Module` });
  Module({ providers })(type);
  return type;
}

/** Adds up the time within `explore()`. It is not public, and stands in the build beside what is. */
async function watchDiscovery() {
  const file = './health/health-check.explorer.js';
  const { HealthCheckExplorer } = await import(
    new URL(file, import.meta.resolve('nestjs-observability'))
  );
  const watched = { ms: 0 };
  const { explore } = HealthCheckExplorer.prototype;
  HealthCheckExplorer.prototype.explore = function watchedExplore() {
    const beforeMs = performance.now();
    explore.call(this);
    watched.ms += performance.now() - beforeMs;
  };
  return watched;
}

const features = Array.from({ length: modules }, (_, index) => featureModule(index));
class AppModule {}
Module({ imports: withOurs ? [ObservabilityModule.forRoot(), ...features] : features })(AppModule);

const discovery = await watchDiscovery();
const startedMs = performance.now();
const app = await NestFactory.create(AppModule, { logger: false });
await app.init();
const bootMs = performance.now() - startedMs;

const found = withOurs ? app.get(HealthRegistry, { strict: false }).names().length : 0;
await app.close();
process.send({ bootMs, discoveryMs: discovery.ms, found });
process.disconnect();
