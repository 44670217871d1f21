// Package redact keeps secrets out of what is written down and shown.
//
// In comes any text of a program: lines of a log, the words of an error, an answer of a
// service. Out comes the same text without secrets: with [redacted] in their place, or,
// where bytes must keep their places (a log that is read by offset), with a mask of the
// same length.
//
// The words:
//
//   - A shape is what the issuer of a credential gives it (hf_…, a private key), or what
//     stands around one (password=…, https://user:…@host).
//   - A value is that of a variable which is a secret: its name says so (SecretName), or
//     a job gave its name alone ([Know]).
//   - A form is a way in which a value is written: as it is, in quotes, JSON, URLs,
//     hexadecimal, base64 at any place of what was encoded, each line of several.
//   - A [Redactor] knows values, and all shapes. [Here] is the one of this process.
//
// The promise: one mechanism for all texts. A value is found wherever it stands whole in
// what is given, and a [Writer] puts writes together, so that no value is missed because
// it came in two. What is short (MinSecret) or a mere word is left, since it would make
// holes in everything: see values.
//
// What it does not do: it cannot know a secret that has no shape, and whose name neither
// says so nor was given. It does not find a value that a program breaks over lines, prints
// letter by letter, or encrypts.
package redact
