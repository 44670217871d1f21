// Package buckettest starts a real S3 server for tests: versitygw, the program that
// TRAINYARD_TEST_VERSITYGW names. Without it they are skipped; .ci/s3 builds it.
package buckettest

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"trainyard/launch/bucket"
)

// Variable names the program.
const Variable = "TRAINYARD_TEST_VERSITYGW"

// The keys of the server's owner.
const (
	AccessKey = "trainyard-test"
	SecretKey = "trainyard-test-secret"
)

// A Server is one with a bucket.
type Server struct {
	Place string // s3://BUCKET/PREFIX, which the environment has the keys of
	Dir   string // of the bucket's prefix on this disk: an object is a file there
}

// Up starts a server on an address of this machine, and puts its keys into the
// environment of the test.
func Up(t *testing.T, address string) Server {
	t.Helper()
	program := os.Getenv(Variable)
	if program == "" {
		t.Skip(Variable + " names no versitygw: .ci/s3 builds one")
	}
	root, port := t.TempDir(), freePort(t, address)
	endpoint := net.JoinHostPort(address, port)
	cmd := exec.Command(program, "--quiet", "--port", endpoint, "posix", root)
	cmd.Env = append(os.Environ(), "ROOT_ACCESS_KEY="+AccessKey, "ROOT_SECRET_KEY="+SecretKey)
	var words bytes.Buffer
	cmd.Stdout, cmd.Stderr = &words, &words
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	for name, value := range map[string]string{
		"AWS_ACCESS_KEY_ID": AccessKey, "AWS_SECRET_ACCESS_KEY": SecretKey, "AWS_SESSION_TOKEN": "", "AWS_REGION": "us-east-1",
		"AWS_ENDPOINT_URL": "http://" + endpoint, "AWS_ENDPOINT_URL_S3": "",
	} {
		t.Setenv(name, value)
	}
	makeBucket(t, endpoint, &words)
	return Server{Place: bucket.Scheme + "tests/some/prefix", Dir: filepath.Join(root, "tests", "some", "prefix")}
}

func freePort(t *testing.T, address string) string {
	t.Helper()
	l, err := net.Listen("tcp", net.JoinHostPort(address, "0"))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return fmt.Sprint(l.Addr().(*net.TCPAddr).Port)
}

// makeBucket waits until the server takes it.
func makeBucket(t *testing.T, endpoint string, words *bytes.Buffer) {
	t.Helper()
	client, err := minio.New(endpoint, &minio.Options{Creds: credentials.NewStaticV4(AccessKey, SecretKey, ""), Region: "us-east-1", MaxRetries: 1})
	if err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(50 * time.Millisecond) {
		err := client.MakeBucket(t.Context(), "tests", minio.MakeBucketOptions{})
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("the server takes no bucket: %v: %s", err, words)
		}
	}
}
