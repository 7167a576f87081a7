export {
  type BrokerProtocol,
  type BrokerSettings,
  brokerLabel,
  connectionOptions,
  type TlsSettings,
} from './broker.js';
export { defineErrors, type ErrorTexts, PerceptError, toPerceptError } from './errors.js';
export { type Language, language, languages, setLanguage } from './language.js';
export * from './messages.js';
export { type MetricsSnapshot, NodeMetrics } from './metrics.js';
export {
  type ConfigMigration,
  defineNode,
  type Input,
  type Level,
  type Message,
  type NodeContext,
  type NodeDefinition,
  type Outputs,
  type Running,
} from './node.js';
export { escaped, filled, languageOf, type Page, sendPage } from './page.js';
export { redact, redactText } from './redact.js';
export { configReader, messageReader, type Reader } from './schema.js';
export { kindWord, kindWords } from './words.js';
