// Generate writes ../samples.zip.zst, the sample trajectories.
//
// Every trajectory is a walk of a scripted agent through a fresh git checkout
// of one of the repositories under ../repos. The script knows where it is
// going, but what it sees is real: each command runs under /bin/sh, each edit
// goes through a small str_replace editor, each patch is what git diff says
// afterwards, and the verdict is read off the files the walk left behind.
//
// Words: a target is the function a task is about; a decoy is the function a
// misplaced walk edits instead; a rollout is one line of a task's table
// (target, teacher, manner); a session is the rollout while it runs.
//
// The same sources give the same bytes. Choices come from dice seeded by the
// rollout's own name, commits have a fixed author and date, the clock of the
// completion logs is counted, not read, and the temporary directory is shown to
// the agent as /workspace. Commands sort what the file system leaves unordered.
// GNU grep, sed and find print the messages that the archive holds.
package main
