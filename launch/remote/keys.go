package remote

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"slices"
	"strings"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"
)

// ErrAuth: the machine took none of our keys. No second try helps.
var ErrAuth = errors.New("it takes none of the keys at hand")

// A keyring is every key that a target may be shown.
type keyring struct {
	signers []ssh.Signer
	notes   []string // why a key is not among them
	agent   net.Conn // open while its keys are used; nil where there is none
}

// keys collects the keys in the order in which ssh tries them: those of named files,
// by the agent where it has them, then the agent's others, then the usual files.
func (t *target) keyring() keyring {
	var ring keyring
	held := ring.ask(t.agent)
	var files, named []ssh.Signer
	for _, name := range t.identities {
		signer, public, note := readKey(name)
		if note != "" && (t.chosen || public != nil) {
			ring.notes = append(ring.notes, note)
		}
		if i := slices.IndexFunc(held, func(s ssh.Signer) bool { return same(s.PublicKey(), public) }); i >= 0 {
			named = append(named, held[i])
			held = slices.Delete(held, i, i+1)
			ring.notes = slices.DeleteFunc(ring.notes, func(n string) bool { return n == note })
		} else if signer != nil {
			files = append(files, signer)
		}
	}
	if t.onlyThese {
		held = nil
	}
	if t.chosen {
		ring.signers = slices.Concat(named, files, held)
	} else {
		ring.signers = slices.Concat(named, held, files)
	}
	if len(ring.signers) > maxKeys {
		ring.signers = ring.signers[:maxKeys]
	}
	return ring
}

// maxKeys is sshd's MaxAuthTries: it hangs up after as many.
const maxKeys = 6

// ask opens the agent and lists its keys.
func (r *keyring) ask(socket string) []ssh.Signer {
	if socket == "" {
		r.notes = append(r.notes, "no ssh-agent runs (SSH_AUTH_SOCK is empty)")
		return nil
	}
	conn, err := net.DialTimeout("unix", socket, dialLimit)
	if err != nil {
		r.notes = append(r.notes, fmt.Sprintf("ssh-agent does not answer: %v", err))
		return nil
	}
	r.agent = conn
	held, err := agent.NewClient(conn).Signers()
	if err != nil {
		r.notes = append(r.notes, fmt.Sprintf("ssh-agent does not answer: %v", err))
	}
	if err == nil && len(held) == 0 {
		r.notes = append(r.notes, "ssh-agent holds no key (ssh-add FILE)")
	}
	return held
}

func (r *keyring) close() {
	if r.agent != nil {
		_ = r.agent.Close() // it was only asked
	}
}

// words tell why none of the keys was taken.
func (r *keyring) words() string {
	if len(r.signers) == 0 {
		return "there is no key to show it: " + strings.Join(r.notes, "; ")
	}
	var shown []string
	for _, s := range r.signers {
		shown = append(shown, s.PublicKey().Type()+" "+ssh.FingerprintSHA256(s.PublicKey()))
	}
	words := "it was shown " + strings.Join(shown, ", ")
	if len(r.notes) > 0 {
		words += "; " + strings.Join(r.notes, "; ")
	}
	return words
}

// readKey reads a private key, or its public half where the private one needs a
// passphrase. note says why it cannot be used; one that is not there is passed over.
func readKey(name string) (signer ssh.Signer, public ssh.PublicKey, note string) {
	data, err := os.ReadFile(name)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, nil, fmt.Sprintf("%s cannot be read: %v", name, err)
	}
	if err != nil {
		// The key may be in the agent alone, its public half in a file.
		public := readPublic(name)
		return nil, public, fmt.Sprintf("%s is not there", name)
	}
	signer, err = ssh.ParsePrivateKey(data)
	var locked *ssh.PassphraseMissingError
	switch {
	case errors.As(err, &locked):
		public := locked.PublicKey
		if public == nil {
			public = readPublic(name)
		}
		return nil, public, fmt.Sprintf("%s needs a passphrase: `ssh-add %s`", name, name)
	case err != nil:
		return nil, nil, fmt.Sprintf("%s: %v", name, err)
	}
	return withCertificate(name, signer), signer.PublicKey(), ""
}

func readPublic(name string) ssh.PublicKey {
	data, err := os.ReadFile(strings.TrimSuffix(name, ".pub") + ".pub")
	if err != nil {
		return nil
	}
	key, _, _, _, err := ssh.ParseAuthorizedKey(data)
	if err != nil {
		return nil
	}
	return key
}

// withCertificate shows the certificate that lies beside a key, as ssh does.
func withCertificate(name string, signer ssh.Signer) ssh.Signer {
	data, err := os.ReadFile(name + "-cert.pub")
	if err != nil {
		return signer
	}
	key, _, _, _, err := ssh.ParseAuthorizedKey(data)
	if err != nil {
		return signer
	}
	if cert, ok := key.(*ssh.Certificate); ok {
		if certified, err := ssh.NewCertSigner(cert, signer); err == nil {
			return certified
		}
	}
	return signer
}

func same(a, b ssh.PublicKey) bool {
	return a != nil && b != nil && bytes.Equal(a.Marshal(), b.Marshal())
}
