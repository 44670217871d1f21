package format

func judgeReport(path string) (*Judge, error) { return constant(Unknown, "report"), nil }
