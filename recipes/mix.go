package recipes

// A Mix says which accepted trajectories are used, and in which order.
type Mix struct {
	// Sampler chooses; default all, which takes everything. The names are those
	// of sample.Samplers.
	Sampler string `yaml:"sampler"`
	// Seed decides which trajectories are chosen and in which order they stand,
	// 0 or more; default seed.
	Seed int64 `yaml:"seed"`
	// ValidationSeed decides what is set aside; default seed.
	ValidationSeed int64 `yaml:"validation_seed" quiet:"seed"`
	// Unit is what budget and amounts count: trajectories (default), tokens, or
	// trained, the tokens inside the loss.
	Unit string `yaml:"unit"`
	// Budget is the most to take, in units, or 5% of all there is; default 0, no
	// limit.
	Budget Budget `yaml:"budget"`
	// Temperature is that of the sampler temperature, above 0; default 0, none.
	Temperature float64 `yaml:"temperature" quiet:"empty"`
	// Short says what happens where a source has less than is asked of it: tell
	// (default), or another of sample.Shorts.
	Short string `yaml:"short" quiet:"tell"`
	// Repeat bounds how often a row stands in the mix.
	Repeat Repeat `yaml:"repeat" quiet:"empty"`
	// Order is that of the train side; default a shuffle.
	Order Order `yaml:"order" quiet:"shuffle"`
	// Fraction takes the front of the mix, source by source, (0, 1]: the mix of a
	// smaller one lies inside that of a larger one. Default 1.
	Fraction float64 `yaml:"fraction" quiet:"1"`
	// Drop and Only leave sources out, Scale multiplies their parts against the
	// others'. The total stays what it is without them, and so does what is set
	// aside. Default none.
	Drop  Paths   `yaml:"drop" quiet:"empty"`
	Only  Paths   `yaml:"only" quiet:"empty"`
	Scale Weights `yaml:"scale" quiet:"empty"`
	// Window is the longest example, in tokens; default model.context.
	Window int `yaml:"window"`
	// OverWindow is what becomes of a longer one: drop (default), counted, or
	// another of convert.OverWindow.
	OverWindow string `yaml:"over_window"`
	// Unique drops repeats: content (default) by the rendered conversation, none.
	Unique string `yaml:"unique"`
	// Near drops near duplicates too: of two trajectories whose turns, without
	// system text, have a Jaccard similarity of words in fives of so much or more,
	// one is kept; from mix.MinNear to 1, or 0, the default: none are looked for.
	Near float64 `yaml:"near" quiet:"empty"`
	// Validation is the fraction of what the sampler could use to set aside,
	// [0, 1), or the nearest that whole repositories give; default 0.02.
	Validation float64 `yaml:"validation"`
	// Output is what the rows hold: messages (default), text that every trainer
	// reads; turns, text with what is learned from beside every message; tokens,
	// which are input_ids, attention_mask and labels with traj_id and task beside
	// them; or packed, windows full of those.
	Output string `yaml:"output"`
	// Packing is how packed rows are filled, a key of pack.Packers; default empty:
	// best-fit, and nothing for other rows.
	Packing string `yaml:"packing" quiet:"empty"`
	// Convention is whose spans are learned from within a turn, a key of
	// chat.Conventions; default empty: default, the tokens that the student has to
	// produce.
	Convention string `yaml:"convention" quiet:"empty"`
	// Strict makes an error of every remark that a prepare prints as short: or
	// far:; default false.
	Strict bool `yaml:"strict" identity:"none"`
}

// A Repeat bounds repeats. Rows are repeated under epochs above 1 and short:
// repeat alone.
type Repeat struct {
	// Max is how often one row may stand in the mix; default 0, which is
	// sample.DefaultRepeat.
	Max int `yaml:"max" quiet:"empty"`
}

// Decontaminate names benchmarks that must not be trained on.
type Decontaminate struct {
	// Files hold them: rows as SWE-bench has them (instance_id, repo,
	// problem_statement, patch) as JSON lines, a JSON list or Parquet, or ids
	// alone; see [Recipe.Beside].
	Files Paths `yaml:"files"`
	// By are the rules of mix.DecontaminationRules, one or several; default all
	// that the files can serve.
	By Paths `yaml:"by"`
}
