// Package secret finds what is shaped like a credential: keys of providers,
// tokens, private keys, passwords in URLs.
package secret
