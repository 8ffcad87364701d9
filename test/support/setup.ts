import 'reflect-metadata';
import { Logger } from '@nestjs/common';

// A test that wants to see the log hands its application a logger of its own.
Logger.overrideLogger(false);
