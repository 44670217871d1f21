package protocol

import (
	"regexp"
	"strings"
)

// A ToolBlock is the stretch of a system text that describes tools in the
// layout of OpenHands: a heading line, functions between BEGIN and END
// rulers, and the protocol behind them.
type ToolBlock struct {
	Start, End int    // [start, end); start is where the heading's line begins
	functions  string // from the first BEGIN to the last END ruler; may be empty
	protocol   string // what follows them, white space around it cut
}

var (
	functionRuler    = regexp.MustCompile(`(?m)^---- BEGIN FUNCTION #1: .+ ----$`)
	functionEndRuler = regexp.MustCompile(`(?m)^---- END FUNCTION #\d+ ----$`)
)

// ToolBlocks finds every block that starts with the heading of the first
// one, so that a block whose function list is empty is found as well.
func ToolBlocks(text string) []ToolBlock {
	first := functionRuler.FindStringIndex(text)
	if first == nil {
		return nil
	}
	above := strings.TrimRight(text[:first[0]], " \t\r\n")
	heading := above[strings.LastIndexByte(above, '\n')+1:]
	if heading == "" {
		return nil
	}
	var blocks []ToolBlock
	for _, start := range lineStarts(text, heading) {
		if n := len(blocks); n > 0 {
			blocks[n-1].End = start
		}
		blocks = append(blocks, ToolBlock{Start: start, End: len(text)})
	}
	for i := range blocks {
		blocks[i].read(text, heading)
	}
	return blocks
}

// lineStarts returns where line stands as a whole line.
func lineStarts(text, line string) []int {
	var starts []int
	for at := 0; at <= len(text); {
		end := strings.IndexByte(text[at:], '\n')
		if end < 0 {
			end = len(text) - at
		}
		if strings.TrimRight(text[at:at+end], " \t\r") == line {
			starts = append(starts, at)
		}
		at += end + 1
	}
	return starts
}

func (b *ToolBlock) read(text, heading string) {
	body := text[b.Start+len(heading) : b.End]
	ends := functionEndRuler.FindAllStringIndex(body, -1)
	if begin := functionRuler.FindStringIndex(body); begin != nil && len(ends) > 0 {
		last := ends[len(ends)-1][1]
		if begin[0] < last {
			b.functions = body[begin[0]:last]
			body = body[last:]
		}
	}
	b.protocol = strings.TrimSpace(body)
}

// DuplicateBlocks returns the blocks that say nothing another one does not:
// same protocol, and the same functions or none.
func DuplicateBlocks(text string) []ToolBlock {
	blocks := ToolBlocks(text)
	if len(blocks) < 2 {
		return nil
	}
	keep := 0
	for keep < len(blocks)-1 && blocks[keep].functions == "" {
		keep++
	}
	var duplicates []ToolBlock
	for i, b := range blocks {
		same := b.functions == "" || b.functions == blocks[keep].functions
		if i != keep && same && b.protocol == blocks[keep].protocol {
			duplicates = append(duplicates, b)
		}
	}
	return duplicates
}
