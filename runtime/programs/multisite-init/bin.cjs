#!/usr/bin/env node
require('../../launch.cjs')('multisite-init');
