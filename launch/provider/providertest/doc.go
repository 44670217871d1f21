// Package providertest has servers that behave as the APIs of the providers do, for
// tests that must not cost money.
//
// In comes the name of a provider. Out comes a [Fake]: an HTTP server on this machine
// that answers with the fields and the codes of the published schema, checks the
// bodies of requests against it, and keeps a meter of what would have been billed.
// A [Fault] makes it fail in one of the ways that the real ones do. Time is a
// [Clock] that stands still until something waits.
//
// The schemas: RunPod REST 2.0.0 (runpod/docs, api-reference-v2/openapi.json), Lambda
// Cloud 1.10.0 (api-evangelist/lambda-labs, openapi/lambda-labs-openapi.json), Vast.ai
// (vast-ai/docs, api-reference/openapi/yaml). What they leave open, such as how long a
// listing lags, is chosen here and says nothing of the real ones.
//
// [Conformance] holds every provider to the interface, over a fake or over the real
// API.
package providertest
