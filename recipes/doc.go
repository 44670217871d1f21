// Package recipes reads the YAML that says everything about one fine-tune:
// which trajectories, how they become chat, how they are mixed, and how the
// student is trained on them.
//
// In: the name of a built-in recipe or the path of a file, and the overrides
// of the command line. Out: one [Recipe] with every default filled in, or
// [Faults], all of them at once, each with file:line:col, the value seen and
// the way out.
//
// The words. A layer is one file, or one override. A recipe extends others;
// the chain is their layers in order, each file once, where it is first met
// depth first, parents before children; overrides come last, in the order they
// were typed. Layers merge deeply: a mapping into a mapping, a list of named
// things into a list of named things by name, and anything else replaces what
// was there. An accept mapping, a list of edits and a loss are one value each
// and are replaced whole. "key: !unset" removes what earlier layers said,
// "- !unset NAME" a named item; one that removes nothing is a fault, but for those in
// values of a sweep block, which are for its cells. A layer may also
// change named items by a mapping ("sources: {NAME: {share: 2}, OTHER: !unset}")
// and take some of them alone ("sources: !only [NAME]"). "mix.seed: 3", as
// overrides spell it, is "mix: {seed: 3}". A path in
// extends is relative to the file that says it. name and summary are a file's
// own and not inherited.
//
// The promise. Strict: an unknown or repeated key, a value of another type or
// out of range, a missing key: none is guessed at, and a fault in a parent
// points into the parent's file. Literals in a recipe are identity: two
// recipes with one [Recipe.Fingerprint] train alike, two with one
// [Recipe.DataFingerprint] are one dataset; name, summary, the evaluations that follow
// a run, comments, key order, the split into files and the spelling of numbers do not
// count.
//
// Of YAML, a recipe uses one document of block or flow mappings, lists and
// scalars under the 1.2 core schema (so "no" is text and 1e-5 a number), with
// underscores allowed between digits. Anchors, aliases, merge keys,
// directives, "? key" and tags other than !unset and !only are refused: extends does their
// work, and without them a small file cannot grow into a large recipe.
//
// A sweep block is no part of the recipe and bears no identity: [LoadSweep] makes
// cells of it, each a recipe with its overrides. An axis is a key and its values; axes
// of matrix are multiplied, those of a zip group go together, and exclude and include
// work as in the matrix of GitHub Actions. Each stage has all combinations; which of them
// are run in a later one is for launch/sweep to say. Layers merge the block as they do the
// rest, arms by name. Its benchmarks are what the cells are to be judged on, and published
// are figures of others to stand beside them, of arms or of what no cell is.
//
// It does not look at data: whether a path exists, a format is known or a
// where expression compiles is for the packages that open them. It knows no
// settings, flags or environment; only [Recipe.Resolve] is told two
// directories, which never bear identity.
//
// goccy/go-yaml parses the YAML, chosen for tokens and nodes with positions;
// types and merging are our own, because its decoder stops at the first fault.
package recipes
