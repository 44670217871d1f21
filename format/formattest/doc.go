// Package formattest is what the tests of format's rooms share: real files beside
// the repository, records parsed in one line, and what every chat must hold.
package formattest
