package launch

import (
	"strings"
	"testing"
)

// A pictured backend has an image alone.
type pictured struct {
	Backend
	image string
}

func (p pictured) Name() string  { return "rent" }
func (p pictured) Image() string { return p.image }

func TestAnImageThatCanBeNoneIsRefused(t *testing.T) {
	digest := "@sha256:" + strings.Repeat("0123456789abcdef", 4)
	for image, fine := range map[string]bool{
		"": true, "ubuntu": true, "pytorch:2.9-cuda12.8": true, "you/trainer" + digest: true, "ghcr.io/you/deep/trainer__x:V1" + digest: true,
		"localhost:5000/trainer": true, "gpu1:5000/trainer": true, "Registry.Example.com/trainer": true,
		"YOUR/llamafactory@sha256:…": false, "YOUR/llamafactory": false, "you/trainer@sha256:…": false, "you/trainer@sha256:abc": false,
		"you/Trainer": false, "you/trainer:": false, "https://ghcr.io/you/trainer": false, "you//trainer": false, "you/trainer ": false, "…": false,
	} {
		if err := imageFault(pictured{image: image}); (err == nil) != fine || err != nil && !strings.Contains(err.Error(), "small letters") {
			t.Errorf("%q: %v", image, err)
		}
	}
}
