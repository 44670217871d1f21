// Package api reads the shapes that several scaffolds share because a provider's
// API has them: OpenAI's messages, calls, content parts, tools and Responses
// items, Anthropic's content blocks, Google's parts. Dialects are put together
// from these. Errors are *format.Reject without a place; the dialect's caller
// adds it.
package api
