package bucket

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path"
	"regexp"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

// A Bucket is one place.
type Bucket struct {
	client *minio.Client
	name   string
	prefix string
}

// Scheme begins the name of a place.
const Scheme = "s3://"

// nameForm is what S3 allows as the name of a bucket.
var nameForm = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`)

// Parse reads s3://BUCKET/PREFIX.
func Parse(place string) (name, prefix string, err error) {
	rest, found := strings.CutPrefix(place, Scheme)
	name, prefix, _ = strings.Cut(rest, "/")
	if !found || !nameForm.MatchString(name) {
		return "", "", fmt.Errorf("%q is no place in S3: give s3://BUCKET/PREFIX", place)
	}
	prefix = strings.Trim(prefix, "/")
	if prefix != "" && prefix != path.Clean(prefix) || strings.HasPrefix(prefix, "..") || strings.ContainsAny(prefix, "\x00\r\n?#") {
		return "", "", fmt.Errorf("%q: the prefix is words with / between", place)
	}
	return name, prefix, nil
}

// Open reads the credentials. Nothing is asked yet.
func Open(place string) (*Bucket, error) {
	name, prefix, err := Parse(place)
	if err != nil {
		return nil, err
	}
	key, secret := os.Getenv("AWS_ACCESS_KEY_ID"), os.Getenv("AWS_SECRET_ACCESS_KEY")
	if key == "" || secret == "" {
		return nil, fmt.Errorf("%s: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not both set", place)
	}
	endpoint := cmp.Or(os.Getenv("AWS_ENDPOINT_URL_S3"), os.Getenv("AWS_ENDPOINT_URL"), "https://s3.amazonaws.com")
	u, err := url.Parse(endpoint)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, fmt.Errorf("%s: AWS_ENDPOINT_URL is %q: give a URL of http or https", place, endpoint)
	}
	client, err := minio.New(u.Host, &minio.Options{
		Creds: credentials.NewStaticV4(key, secret, os.Getenv("AWS_SESSION_TOKEN")), Secure: u.Scheme == "https",
		Region: cmp.Or(os.Getenv("AWS_REGION"), os.Getenv("AWS_DEFAULT_REGION")),
	})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", place, err)
	}
	return &Bucket{client: client, name: name, prefix: prefix}, nil
}

// String is the place.
func (b *Bucket) String() string { return Scheme + path.Join(b.name, b.prefix) }

func (b *Bucket) key(name string) string { return path.Join(b.prefix, name) }

// named says which object an error is about, and makes of what is not there an
// fs.ErrNotExist.
func (b *Bucket) named(name string, err error) error {
	switch answer := minio.ToErrorResponse(err); {
	case err == nil:
		return nil
	case answer.Code == minio.NoSuchKey, answer.StatusCode == http.StatusNotFound && answer.Code != minio.NoSuchBucket:
		return fmt.Errorf("%s/%s: %w", b, name, fs.ErrNotExist)
	}
	var asked *url.Error
	if errors.As(err, &asked) {
		err = asked.Err // its URL may be a signed one
	}
	return fmt.Errorf("%s/%s: %w", b, name, err)
}

// partSize is how much of a large object goes at once, in bytes.
const partSize = 16 << 20

// Put writes an object of size bytes.
func (b *Bucket) Put(ctx context.Context, name string, r io.Reader, size int64) error {
	_, err := b.client.PutObject(ctx, b.name, b.key(name), r, size, minio.PutObjectOptions{PartSize: partSize, ContentType: "application/octet-stream"})
	return b.named(name, err)
}

// Size is that of an object, in bytes; fs.ErrNotExist where there is none.
func (b *Bucket) Size(ctx context.Context, name string) (int64, error) {
	info, err := b.client.StatObject(ctx, b.name, b.key(name), minio.StatObjectOptions{})
	return info.Size, b.named(name, err)
}

// Get reads an object from a byte offset on.
func (b *Bucket) Get(ctx context.Context, name string, from int64) (io.ReadCloser, error) {
	var o minio.GetObjectOptions
	if from > 0 {
		if err := o.SetRange(from, 0); err != nil {
			return nil, err
		}
	}
	object, err := b.client.GetObject(ctx, b.name, b.key(name), o)
	if err != nil {
		return nil, b.named(name, err)
	}
	if _, err := object.Stat(); err != nil { // nothing is asked before
		return nil, errors.Join(b.named(name, err), object.Close())
	}
	return object, nil
}

// Remove removes an object; one that is not there is no error.
func (b *Bucket) Remove(ctx context.Context, name string) error {
	err := b.named(name, b.client.RemoveObject(ctx, b.name, b.key(name), minio.RemoveObjectOptions{}))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// urlLife is how long a URL opens its object: what takes longer asks for another one.
const urlLife = time.Hour

// URL opens an object to every holder of it, for an hour.
func (b *Bucket) URL(ctx context.Context, name string) (string, error) {
	u, err := b.client.PresignedGetObject(ctx, b.name, b.key(name), urlLife, nil)
	if err != nil {
		return "", b.named(name, err)
	}
	return u.String(), nil
}

// CheckWrite writes a small object, reads it back and removes it.
func (b *Bucket) CheckWrite(ctx context.Context) error {
	name := ".trainyard-write-" + rand.Text()
	err := b.Put(ctx, name, strings.NewReader(name), int64(len(name)))
	if err != nil {
		return fmt.Errorf("write a test object: %w", err)
	}
	size, err := b.Size(ctx, name)
	if err == nil && size != int64(len(name)) {
		err = fmt.Errorf("%d bytes were written, and %d are there", len(name), size)
	}
	return errors.Join(err, b.Remove(context.WithoutCancel(ctx), name))
}
