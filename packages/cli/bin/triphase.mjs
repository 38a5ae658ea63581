#!/usr/bin/env node
import { main } from '@triphase/cli';
import { readFileSync } from 'node:fs';

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
await main(process.argv.slice(2), version);
