package format

func judgeWhere(expression string) (*Judge, error) { return constant(Unknown, "where"), nil }
