package style_test

import (
	"fmt"

	"trainyard/format"
	"trainyard/format/style"
)

// Render writes a trajectory as a chat in the way of one scaffold. The notes
// count what was changed besides.
func ExampleRender() {
	traj := &format.Trajectory{Messages: []format.Message{
		{Role: format.System, Content: "You are an agent."},
		{Role: format.User, Content: "List the files."},
		{Role: format.Assistant, Content: "I look.", Calls: []format.Call{{ID: "1", Name: "execute_bash", Arguments: []byte(`{"command":"ls"}`)}}},
		{Role: format.ToolRole, CallID: "1", Content: "a.py"},
		{Role: format.Assistant, Content: "There is a.py.\n"},
	}}
	chat, notes, err := style.Render(traj, "openhands", style.RenderOptions{})
	if err != nil {
		panic(err)
	}
	for _, turn := range chat[1:] {
		fmt.Printf("%s: %q\n", turn.Role, turn.Content)
	}
	fmt.Println("notes:", notes)
	// Output:
	// user: "List the files."
	// assistant: "I look.\n\n<function=execute_bash>\n<parameter=command>ls</parameter>\n</function>"
	// user: "EXECUTION RESULT of [execute_bash]:\na.py"
	// assistant: "There is a.py.\n"
	// notes: []
}
