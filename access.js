// require('@percept/node-red-percept/access') in a settings.js
module.exports = require('./dist/access/settings.js');
