// Package format reads what coding agents left behind and turns it into chat.
package format
