// Package dialect reads the ways in which scaffolds write their rollouts down.
//
// In come files of records (see package container); out comes a
// [format.Trajectory] per record, or a [format.Reject] that says why there is
// none:
//
//	Open ─► Source.Records ─► Source.Parse
//
// [Dialects] names every dialect, and "auto" finds the one that claims a record
// by its content. A file of events is one record, and so is a folder of a
// conversation's events. A folder of call logs, each of which repeats the
// conversation so far, gives one record for each conversation in it and for each
// stretch of that between two cuts of its history.
//
// # Promise
//
// Records come in the same order every time, and memory is bounded by one
// record. An instance id is taken as recorded, attempt suffixes such as _4
// included; the repository comes from the record's repo, instance.repo or org and
// repo, else from ids that hold it. A dialect reports what it does not read in
// its Limits. Figures stand in BENCH.md.
//
// # Adding a dialect
//
// One file with a [Dialect] (how sure it is that a record is its own, and how to
// read one), one line in Dialects, and a directory testdata/NAME with files of
// our own; the golden test asks for it. The claim is a rank: a shape shared by
// many, a shape of its own, a marker that names the format.
package dialect
