// Package export writes the curve of a run in the formats of trackers, so that
// who has a tracker keeps using it.
//
// In comes a [Run]: facts and points, one curve over all attempts. Out goes what
// one tracker reads: an MLflow server (REST), TensorBoard's event file, the offline
// directory of Weights & Biases, trackio's SQLite project, JSON lines or CSV.
// [Exports] is the registry; a target is a file and a line there.
//
// The promise: a replay adds nothing. The same run written twice stands there
// once, and a curve that grew since stands there whole. NaN and infinities stay
// what they are wherever the format has them.
//
// What it does not do: it reads no ledger, holds no password (an MLflow server's
// token comes from MLFLOW_TRACKING_TOKEN) and uploads nothing but to MLflow: the
// others have their own program for it.
//
// Protocol buffers are written field by field with
// google.golang.org/protobuf/encoding/protowire: the two formats here need a dozen
// fields, whose numbers are public, and no generated code.
package export
