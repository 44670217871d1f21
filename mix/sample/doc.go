// Package sample chooses rows by length alone. What comes in are pools of sizes,
// one for each source, and what a recipe says of each (an [Amount]) and of the
// whole ([Terms]); what goes out is a [Choice] for each pool. [Samplers] name
// the ways to divide. Everything is a pure function. What sums to a whole is rounded
// by largest remainders; a fraction of a mix is rounded source by source.
package sample
