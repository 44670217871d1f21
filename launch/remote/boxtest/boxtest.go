package boxtest

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"trainyard/launch/remote"
)

// A Box is a machine of a test. It ends with the test.
type Box struct {
	Name    string
	Home    string // its root's home, as this machine sees it; /root there
	Config  string // an ssh configuration with its key and its host key
	key     string
	dir     string
	number  int
	parent  *exec.Cmd // of its first process
	options Options
}

// sshdFile is where sshd lies on Linux; it must be started by its full path.
const sshdFile = "/usr/sbin/sshd"

// Missing is why there can be no boxes here; empty where there can.
func Missing() string {
	if runtime.GOOS != "linux" {
		return "boxes are Linux namespaces"
	}
	if os.Geteuid() != 0 {
		return "boxes need root"
	}
	for _, program := range []string{sshdFile, "ip", "unshare", "nsenter", "ssh-keygen"} {
		if _, err := exec.LookPath(program); err != nil {
			return fmt.Sprintf("boxes need iproute2, util-linux and openssh-server: %v", err)
		}
	}
	if out, err := exec.Command("unshare", "--net", "--mount", "--pid", "--fork", "true").CombinedOutput(); err != nil {
		return fmt.Sprintf("no namespaces may be made here: %s", bytes.TrimSpace(out))
	}
	return ""
}

// Options of a box that is not as most are.
type Options struct {
	NoSFTP bool
	// Before is a line of shell, run as root in the box before its sshd starts.
	Before string
	// Env are variables of every session, such as PATH.
	Env []string
}

// Up makes a box, or skips the test where there can be none.
func Up(t testing.TB, options Options) *Box {
	t.Helper()
	if why := Missing(); why != "" {
		t.Skip(why)
	}
	b := &Box{dir: t.TempDir(), options: options}
	b.Home, b.key, b.Config = filepath.Join(b.dir, "root"), filepath.Join(b.dir, "key"), filepath.Join(b.dir, "ssh_config")
	must(t, os.MkdirAll(filepath.Join(b.Home, ".box"), 0o700))
	must(t, os.MkdirAll(filepath.Join(b.Home, ".ssh"), 0o700))
	must(t, os.MkdirAll("/run/sshd", 0o755))
	t.Cleanup(b.down)
	b.wire(t)
	b.files(t)
	b.boot(t)
	return b
}

// wire takes the first free number, and makes a network of two ends for it.
func (b *Box) wire(t testing.TB) {
	for b.number = 20; ; b.number++ {
		if b.number > 60 {
			t.Fatal("all boxes are taken: ip netns lists them")
		}
		name := fmt.Sprintf("sshw%d", b.number)
		if exec.Command("ip", "netns", "add", name).Run() == nil {
			b.Name = name
			break
		}
	}
	near, far := b.near(), fmt.Sprintf("v%db", b.number)
	for _, line := range []string{
		"ip link add " + near + " type veth peer name " + far,
		"ip link set " + far + " netns " + b.Name,
		fmt.Sprintf("ip addr add 10.77.%d.1/24 dev %s", b.number, near),
		"ip link set " + near + " up",
		fmt.Sprintf("ip -n %s addr add %s/24 dev %s", b.Name, b.Address(), far),
		"ip -n " + b.Name + " link set " + far + " up",
		"ip -n " + b.Name + " link set lo up",
		fmt.Sprintf("ip -n %s route add default via 10.77.%d.1", b.Name, b.number),
	} {
		run(t, line)
	}
}

func (b *Box) near() string { return fmt.Sprintf("v%da", b.number) }

// Address is that of the box's sshd, at port 22.
func (b *Box) Address() string { return fmt.Sprintf("10.77.%d.2", b.number) }

func (b *Box) files(t testing.TB) {
	options := b.options
	hostKey := filepath.Join(b.Home, ".box", "host")
	run(t, "ssh-keygen -q -t ed25519 -N  -f "+b.key)
	run(t, "ssh-keygen -q -t ed25519 -N  -f "+hostKey)
	public, err := os.ReadFile(b.key + ".pub")
	must(t, err)
	must(t, os.WriteFile(filepath.Join(b.Home, ".ssh", "authorized_keys"), public, 0o600))
	config := "HostKey /root/.box/host\nPidFile none\nUsePAM no\nStrictModes no\nPasswordAuthentication no\nPermitRootLogin prohibit-password\n"
	if !options.NoSFTP {
		config += "Subsystem sftp internal-sftp\n"
	}
	if len(options.Env) > 0 {
		config += "SetEnv " + strings.Join(options.Env, " ") + "\n"
	}
	must(t, os.WriteFile(filepath.Join(b.Home, ".box", "sshd_config"), []byte(config), 0o600))
	key, err := os.ReadFile(hostKey + ".pub")
	must(t, err)
	known := filepath.Join(b.dir, "known_hosts")
	must(t, os.WriteFile(known, fmt.Appendf(nil, "%s,%s %s", b.Address(), b.Inside(), key), 0o600))
	must(t, os.WriteFile(b.Config, fmt.Appendf(nil, "Host *\n  User root\n  IdentityFile %s\n  IdentitiesOnly yes\n  IdentityAgent none\n  UserKnownHostsFile %s\n", b.key, known), 0o600))
}

// Inside is its address in a network that [Join] makes; this machine is not in it.
func (b *Box) Inside() string { return fmt.Sprintf("10.78.0.%d", b.number) }

// Join makes a network between two boxes, and has each know the other's host key.
func Join(t testing.TB, a, b *Box) {
	t.Helper()
	from, to := fmt.Sprintf("j%d", a.number), fmt.Sprintf("j%d", b.number)
	run(t, "ip link add "+from+" netns "+a.Name+" type veth peer name "+to+" netns "+b.Name)
	var known []byte
	for _, box := range []*Box{a, b} {
		link := fmt.Sprintf("j%d", box.number)
		run(t, fmt.Sprintf("ip -n %s addr add %s/24 dev %s", box.Name, box.Inside(), link))
		run(t, "ip -n "+box.Name+" link set "+link+" up")
		lines, err := os.ReadFile(filepath.Join(box.dir, "known_hosts"))
		must(t, err)
		known = append(known, lines...)
	}
	for _, box := range []*Box{a, b} {
		must(t, os.WriteFile(filepath.Join(box.dir, "known_hosts"), known, 0o600))
	}
	// The second takes the first's key, so that one configuration opens both.
	public, err := os.ReadFile(a.key + ".pub")
	must(t, err)
	file := filepath.Join(b.Home, ".ssh", "authorized_keys")
	keys, err := os.ReadFile(file)
	must(t, err)
	must(t, os.WriteFile(file, append(keys, public...), 0o600))
}

// Host is the box as a user names it.
func (b *Box) Host() remote.Host { return remote.Host{Address: b.Address(), Config: b.Config} }

// boot starts the box's first process, which is its sshd.
func (b *Box) boot(t testing.TB) {
	script := fmt.Sprintf("hostname %s; mount --bind %s /root; mount -t tmpfs tmpfs %s; chmod 1777 %s; %s\nexec %s -D -f /root/.box/sshd_config -E /root/.box/sshd.log",
		b.Name, remote.Quote(b.Home), remote.Quote(os.TempDir()), remote.Quote(os.TempDir()), b.options.Before, sshdFile)
	b.parent = exec.Command("ip", "netns", "exec", b.Name, "unshare", "--mount", "--pid", "--fork", "--mount-proc", "--uts", "--kill-child", "bash", "-ec", script)
	var words bytes.Buffer
	b.parent.Stdout, b.parent.Stderr = &words, &words
	b.parent.Env = []string{"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8"}
	must(t, b.parent.Start())
	for range 400 {
		if b.Listens() {
			return
		}
		time.Sleep(25 * time.Millisecond)
	}
	b.Kill()
	log, _ := os.ReadFile(filepath.Join(b.Home, ".box", "sshd.log"))
	t.Fatalf("the box does not answer: %s%s", words.String(), log)
}

// Listens reports whether its sshd takes connections.
func (b *Box) Listens() bool {
	conn, err := net.DialTimeout("tcp", b.Address()+":22", time.Second)
	if err != nil {
		return false
	}
	_ = conn.Close()
	return true
}

// Init is the pid, here, of its first process.
func (b *Box) Init(t testing.TB) int {
	t.Helper()
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", b.parent.Process.Pid, b.parent.Process.Pid))
	must(t, err)
	fields := strings.Fields(string(data))
	if len(fields) == 0 {
		t.Fatal("the box has no process")
	}
	pid, err := strconv.Atoi(fields[0])
	must(t, err)
	return pid
}

// Kill ends everything in the box at once, as a provider does.
func (b *Box) Kill() {
	if b.parent == nil {
		return
	}
	// unshare dies, and with it, by --kill-child, the first process, and with that all.
	_ = b.parent.Process.Kill()
	_ = b.parent.Wait()
	b.parent = nil
	for range 200 {
		if !b.Listens() {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// Restart is what a container does: killed, and up again on its disk.
func (b *Box) Restart(t testing.TB) {
	t.Helper()
	b.Kill()
	b.boot(t)
}

// Unplug takes the cable out; Plug puts it in.
func (b *Box) Unplug(t testing.TB) { t.Helper(); run(t, "ip link set "+b.near()+" down") }

// Plug puts the cable back in.
func (b *Box) Plug(t testing.TB) { t.Helper(); run(t, "ip link set "+b.near()+" up") }

// Limit lets no more than that rate, as tc takes it, go to the box: 200mbit.
func (b *Box) Limit(t testing.TB, rate string) {
	t.Helper()
	run(t, "tc qdisc replace dev "+b.near()+" root tbf rate "+rate+" burst 256kb latency 50ms")
}

// Living reports whether a process of the box, by its pid there, runs and is no
// zombie.
func (b *Box) Living(t testing.TB, pid int) bool {
	t.Helper()
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/root/proc/%d/stat", b.Init(t), pid))
	return err == nil && !strings.Contains(string(stat), ") Z ")
}

// Sh runs a line of shell inside the box, beside its sshd.
func (b *Box) Sh(t testing.TB, line string) string {
	t.Helper()
	out, err := exec.Command("nsenter", "-t", strconv.Itoa(b.Init(t)), "-m", "-p", "-n", "-u", "sh", "-ec", line).CombinedOutput()
	if err != nil {
		t.Fatalf("in the box, %s: %v: %s", line, err, out)
	}
	return string(out)
}

// Hang ends the sessions of its sshd, as a restart of sshd does.
func (b *Box) Hang(t testing.TB) {
	t.Helper()
	for _, text := range strings.Fields(b.Sh(t, "pgrep -P 1 -x sshd || true")) {
		pid, err := strconv.Atoi(text)
		must(t, err)
		b.Sh(t, fmt.Sprintf("kill -9 %d 2>/dev/null || true", pid)) // it may have ended by itself
	}
}

// Here is a path of the box as this machine sees it.
func (b *Box) Here(path string) string {
	if rest, ok := strings.CutPrefix(path, "/root"); ok {
		return b.Home + rest
	}
	return path
}

func (b *Box) down() {
	b.Kill()
	if b.Name == "" {
		return
	}
	// What is not there any more need not be removed.
	_ = exec.Command("ip", "link", "del", b.near()).Run()
	_ = exec.Command("ip", "netns", "del", b.Name).Run()
}

// run runs a line of words, parted by single blanks: two blanks are an empty word.
func run(t testing.TB, line string) {
	t.Helper()
	words := strings.Split(line, " ")
	out, err := exec.Command(words[0], words[1:]...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v: %s", line, err, out)
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
