package format

// JoinTexts puts an empty line between two texts, nothing beside an empty one.
func JoinTexts(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + "\n\n" + b
}

// NameOr is name, or other where name is empty.
func NameOr(name, other string) string {
	if name != "" {
		return name
	}
	return other
}
