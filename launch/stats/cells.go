package stats

// A CellComparison is all that is said of two cells.
type CellComparison struct {
	First      string           `json:"first"`
	Second     string           `json:"second"`
	Difference PooledDifference `json:"difference"`
	Warnings   []Warning        `json:"warnings,omitempty"`
}

// CompareCells compares two cells over instances and seeds.
func CompareCells(first, second Cell, o Options) (CellComparison, error) {
	p, err := Pool(first, second)
	if err != nil {
		return CellComparison{}, err
	}
	d, err := DifferencePooled(p, o)
	if err != nil {
		return CellComparison{}, err
	}
	return CellComparison{
		First: first.Name, Second: second.Name, Difference: d,
		Warnings: append(p.Warn(), d.Warn(first.Name, second.Name)...),
	}, nil
}
