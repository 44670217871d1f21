package style

// Together says that the style keeps the calls of a turn in one turn.
func (r Rendering) Together() bool { return r.together }
