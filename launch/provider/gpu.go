package provider

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"
)

// models are the words by which providers name chips that are sold for training.
var models = regexp.MustCompile(`(?:^|[^a-z0-9])(gb300|gb200|gh200|b300|b200|h200|h100|h800|h20|a100|a800|a6000|a5000|a4500|a4000|` +
	`a10g|a10|a16|a30|a40|a2|l40s|l40|l4|v100|p100|t4|mi355x|mi325x|mi300x|mi250)(?:$|[^a-z0-9])`)

// forms are the ways a chip is built in; a chip that comes in one way has none.
var forms = regexp.MustCompile(`\b(nvl|pcie|sxm)\d*\b|\bhbm3\b`)

// formed are the chips of which several builds are sold.
var formed = map[string]bool{"h100": true, "h800": true, "h200": true, "a100": true, "a800": true, "v100": true}

// memories are the sizes that are sold, in GB: reported ones are a little less.
var memories = []float64{4, 6, 8, 10, 11, 12, 16, 20, 24, 32, 40, 48, 64, 80, 94, 96, 128, 141, 180, 192, 256, 288}

// usual are the memories in GB of what is sold with one size, where the words tell
// none (NVIDIA's data sheets).
var usual = map[string]float64{
	"h100-sxm": 80, "h100-pcie": 80, "h100-nvl": 94, "h200-sxm": 141, "h200-nvl": 141, "b200": 180, "b300": 288, "gh200": 96,
	"l40s": 48, "l40": 48, "l4": 24, "a6000": 48, "rtx6000-ada": 48, "a5000": 24, "a4000": 16, "a40": 48, "a30": 24, "a10": 24, "t4": 16,
	"rtx3090": 24, "rtx4090": 24, "rtx5090": 32, "mi300x": 192, "mi325x": 256, "mi355x": 288,
}

// glued is how Vast.ai writes 6000 Ada.
var glued = regexp.MustCompile(`(\d)ada\b`)

// words that say who made it, and nothing of what it is.
var makers = regexp.MustCompile(`\b(nvidia|amd|geforce|tesla|quadro|instinct|graphics|generation|gpu|oam|gen)\b`)

// GPUName is our name of a GPU that a provider names in its own words: chip, build
// and memory in GB, as h100-sxm-80gb. Memory is of one GPU in GB and may be a little
// less than what is sold; 0: it is taken from the words, or left out.
func GPUName(words string, memoryGB float64) string {
	clean := strings.ToLower(strings.NewReplacer("-", " ", "_", " ", "(", " ", ")", " ", ",", " ").Replace(words))
	if memoryGB == 0 {
		memoryGB = memoryIn(clean)
	}
	clean = strings.TrimSpace(makers.ReplaceAllString(glued.ReplaceAllString(clean, "$1 ada"), " "))
	name := chip(clean)
	if formed[name] {
		name += form(name, clean)
	}
	if memoryGB == 0 {
		memoryGB = usual[name]
	}
	if memoryGB > 0 {
		name += fmt.Sprintf("-%dgb", NominalGB(memoryGB))
	}
	return name
}

// NominalGB is the size that is sold of a memory that is reported: drivers keep up to
// 7 % for themselves.
func NominalGB(gb float64) int {
	best := 0.0
	for _, m := range memories {
		if math.Abs(m-gb) < math.Abs(best-gb) {
			best = m
		}
	}
	if math.Abs(best-gb) > 0.08*best {
		best = gb
	}
	return int(math.Round(best))
}

var sized = regexp.MustCompile(`\b(\d+) ?gb\b`)

func memoryIn(words string) float64 {
	m := sized.FindStringSubmatch(words)
	if m == nil {
		return 0
	}
	var gb float64
	_, _ = fmt.Sscan(m[1], &gb) // digits
	return gb
}

// chip is the name without build and memory. A chip of no table keeps its words.
func chip(clean string) string {
	if m := models.FindStringSubmatch(clean); m != nil {
		return m[1] + rtxAda(clean)
	}
	clean = sized.ReplaceAllString(forms.ReplaceAllString(clean, " "), " ")
	return strings.ReplaceAll(strings.Join(strings.Fields(clean), "-"), "rtx-", "rtx")
}

// rtxAda tells the newer cards that bear the number of older ones.
func rtxAda(clean string) string {
	if strings.Contains(clean, " ada") {
		return "-ada"
	}
	return ""
}

func form(chip, clean string) string {
	switch found := forms.FindString(clean); {
	case strings.HasPrefix(found, "nvl"), strings.HasPrefix(found, "pcie"):
		return "-" + strings.TrimRight(found, "0123456789")
	case found != "":
		return "-sxm"
	case chip == "h200": // plain names are those of the usual build
		return "-sxm"
	}
	return ""
}

// MatchGPU reports whether a canonical name is what is wanted: all parts of want
// stand in it, the first at the beginning. "" wants every GPU.
func MatchGPU(name, want string) bool {
	if want == "" {
		return true
	}
	parts := strings.Split(name, "-")
	for i, part := range strings.Split(strings.ToLower(want), "-") {
		if i == 0 && parts[0] != part {
			return false
		}
		if !slices.Contains(parts, part) {
			return false
		}
	}
	return true
}
