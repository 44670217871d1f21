package edit

import "slices"

var renameTool = Edit{
	Name:    "rename_tool",
	Summary: "give tools other names in calls, results and descriptions",
	Limits:  "prose that mentions a tool stays as it is",
	Args:    []Arg{{Name: "tools", Kind: RenamesArg, Summary: "a list of {from, to}", Required: true}},
	prepare: func(given editArgs, _ Env) (change, error) {
		return namesChange(nameEdit{tool: renamer(given.renames("tools"))}), nil
	},
	tools: func(given editArgs) (from []string) {
		for _, r := range given.renames("tools") {
			from = append(from, r.from)
		}
		return from
	},
}

var renameArgument = Edit{
	Name:    "rename_argument",
	Summary: "give arguments of a tool, or of all tools, other names in calls and descriptions",
	Limits:  "prose that mentions an argument stays; a call that has both names is refused",
	Args: []Arg{
		{Name: "arguments", Kind: RenamesArg, Summary: "a list of {from, to}", Required: true},
		{Name: "tool", Kind: TextArg, Summary: "the tool; default: every tool"},
	},
	prepare: func(given editArgs, _ Env) (change, error) {
		return namesChange(nameEdit{arg: ofTool(given.text("tool"), renamer(given.renames("arguments")))}), nil
	},
	tools: toolArg,
}

var stripArgument = Edit{
	Name:    "strip_argument",
	Summary: "remove arguments that the tool itself never sees (security_risk) from calls and descriptions",
	Limits:  "descriptions that stand in a system text stay as they are",
	Args: []Arg{
		{Name: "arguments", Kind: TextsArg, Summary: "names of arguments", Required: true},
		{Name: "tool", Kind: TextArg, Summary: "the tool; default: every tool"},
	},
	prepare: func(given editArgs, _ Env) (change, error) {
		names := given.texts("arguments")
		return namesChange(nameEdit{arg: ofTool(given.text("tool"), func(name string) (string, bool) {
			if slices.Contains(names, name) {
				return "", true
			}
			return name, false
		})}), nil
	},
	tools: toolArg,
}

func toolArg(given editArgs) []string { return []string{given.text("tool")} }
