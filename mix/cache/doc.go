// Package cache keeps what was made of a file's records, so that another mix of
// the same files reads lengths and copies rows instead of parsing, rendering and
// tokenising again.
//
// What comes in: the key of a preparation, which says everything that decides what
// becomes of a record; the part of a source that was read, a file or the files of
// a folder; and two streams, the packed rows and whatever the caller knows of
// each record. What goes out: the same streams, or nothing.
//
//	DIR/lock                     shared by those who use it, held alone by Prune
//	DIR/KEY/about.json           what the preparation is, for people
//	DIR/KEY/lock                 held by who fills it
//	DIR/KEY/PART.index           header, what is known of each record, checksum
//	DIR/KEY/PART-NONCE.rows      the packed rows
//
// An entry is there once its index is: it is written beside and renamed, last. It
// is served only where its files are what they were: of one size, not written
// since by time of writing and of change; where only the times differ, of one
// SHA-256. A file whose last change was too near to the reading for its time to
// tell a later one is hashed as well. Index and rows carry checksums and are read
// through before they are used; what does not match is no entry. So whatever dies
// costs time and never a row.
//
// It holds no dialect, no recipe and no row format.
package cache
