// Package sample chooses rows by length alone. A strategy is a pure function on
// pools of sizes; [Samplers] names them all. Largest remainder is the only
// rounding.
package sample
