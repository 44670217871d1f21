package launch

import (
	"fmt"
	"regexp"
)

// An Imager is a backend whose trainers run in a container image.
type Imager interface {
	Image() string // as the place names it; empty: it has none
}

// imageForm is a reference as registries take it (OCI distribution specification 1.1): a
// host, which has a dot or a port, a path in small letters, a tag, a digest.
var imageForm = regexp.MustCompile(`^(?:(?:localhost|[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)(?::[0-9]+)?/|[A-Za-z0-9-]+:[0-9]+/)?` +
	`[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*` +
	`(?::[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(?:@sha256:[0-9a-f]{64}|@sha512:[0-9a-f]{128})?$`)

// imageFault is why the image of a backend is none that could be pulled.
func imageFault(backend Backend) error {
	i, ok := backend.(Imager)
	if !ok || i.Image() == "" || imageForm.MatchString(i.Image()) {
		return nil
	}
	return fmt.Errorf("%s: image %q is no reference of a container image: write [HOST/]NAME in small letters, with :TAG or @sha256: and its 64 digits, such as ghcr.io/you/trainer:1.0", backend.Name(), i.Image())
}
