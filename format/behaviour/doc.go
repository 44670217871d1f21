// Package behaviour tells what an agent did: the actions of each step whatever
// its scaffold calls them, the commands of a shell line, the kind of each step
// (exploration, implementation, verification, execution, reasoning, closing),
// the features and flags of a whole trajectory.
//
// [FeatureRules] and [FlagList] say by which rule each is counted. Nothing here
// changes a trajectory. mvdan.cc/sh takes shell lines apart: quoting and
// here-documents are not for a parser of our own.
package behaviour
