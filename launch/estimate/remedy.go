package estimate

// A Remedy is a change under which a training fits.
type Remedy struct {
	Method   string `json:"method"`
	GPU      string `json:"gpu"`
	Count    int    `json:"count"`
	Strategy string `json:"strategy"`
}

// mostGPUs is where the search for enough of them ends.
const mostGPUs = 64

// remedies changes one thing at a time: the method, the number of GPUs, their
// kind.
func (t *Training) remedies(site Site) (all []Remedy) {
	if !t.lora() {
		lora := *t
		lora.Method = "lora"
		all = append(all, lora.remedy(site)...)
	}
	for n := site.Count + 1; n <= mostGPUs; n++ {
		more := Site{GPU: site.GPU, Count: n}
		if n&(n-1) != 0 { // batches divide among powers of two
			continue
		}
		if found := t.remedy(more); len(found) > 0 {
			all = append(all, found...)
			break
		}
	}
	for _, name := range GPUNames() {
		if GPUs[name].Memory > GPUs[site.GPU].Memory {
			all = append(all, t.remedy(Site{GPU: name, Count: site.Count})...)
		}
	}
	return all
}

func (t *Training) remedy(site Site) []Remedy {
	s, _, fits := t.choose(site)
	if !fits {
		return nil
	}
	return []Remedy{{t.Method, site.GPU, site.Count, s.Name}}
}
