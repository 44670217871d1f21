// Package chat writes conversations as a model's chat template does and tells
// which tokens are learned from.
//
// In comes a [format.Chat], out comes an [Example]: token ids with the spans to
// learn from, half-open [start, end). [Templates] names the templates, each of
// which belongs to one tokenizer; [Conventions] says where a trainer's spans
// begin and end. Literals and warnings tell what in a conversation would be
// read as a template's own words.
package chat
