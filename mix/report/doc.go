// Package report tells what datasets hold: as values ([Data], with JSON tags),
// as one HTML file, as Markdown, and as the files that a dataset is published
// with ([WriteCard]).
//
// In come directories of finished datasets. Nothing in them is changed, and
// nothing else is read. Every number is over the rows of the shards, both sides
// together, unless it says otherwise; what the funnel counts is over the records
// that were read, as the manifest has it.
//
// The words. A part is a source, or the whole. A section is what a page has
// under one heading: tables, charts, conversations. The HTML and the Markdown are
// the same sections, so that no number is written twice. A verdict says whether
// one of the four principles of Hybrid-Gym holds, by a rule that stands beside
// it.
//
// The promises. What cannot be known is told as unknown or not counted, never as
// nothing. What the shards hold must be what the manifest says, or there is no
// report. The page loads nothing from anywhere. Of conversations it shows,
// shapes of credentials are blotted out and control characters written out, and
// what was cut is counted.
//
// go-analyze/charts draws the SVG: it is pure Go and adds 2 MB; gonum/plot adds
// 8, and go-echarts loads its code from the network.
package report
