// Package regular opens files that strangers name: inputs, reports, recipes,
// logs. It is the one check that they are regular files. A pipe, a socket or a
// device in the place of one may wait for ever, end never, or do something when
// it is opened; each is refused with its name and kind before it is opened.
//
// It imports nothing of the project, so that every package can use it. It does
// not say what standard input is: a caller that reads streams asks [IsStream].
package regular
