import { describe, it } from "vitest";
import { readTarget } from "../../../src/events/rules/target.ts";

describe("the address of a webhook", () => {
  it.for([
    ["https://shop.example.com/hooks", "https://shop.example.com/hooks"],
    ["https://example.com", "https://example.com/"],
    ["https://example.com:443/x?y=1#z", "https://example.com/x?y=1#z"],
    ["https://example.com:8443/", "https://example.com:8443/"],
    ["HTTPS://EXAMPLE.COM/", "https://example.com/"],
    ["https://例え.jp/", "https://xn--r8jz45g.jp/"],
    ["https://10.example.com/", "https://10.example.com/"],
    ["https://localhost.example.com/", "https://localhost.example.com/"],
    ["https://mylocal.example/", "https://mylocal.example/"],
    ["https://a.co/", "https://a.co/"],
  ] as const)("may be %s", ([text, url], { expect }) => {
    expect(readTarget(text, false)).toEqual({ url });
  });

  it.for([
    ["no scheme", "example.com", "must be a URL"],
    ["nothing", "", "must be a URL"],
    ["a path", "/hooks", "must be a URL"],
    ["more than 2,048 characters", `https://example.com/${"x".repeat(2_048)}`, "must be a URL"],
    ["2,048 characters that grow in the URL's own spelling", `https://example.com/${"ä".repeat(1_000)}`, "must be a URL"],
    ["http", "http://example.com/", "https"],
    ["another scheme", "ftp://example.com/", "https"],
    ["a file", "file:///etc/passwd", "https"],
    ["script", "javascript:alert(1)", "https"],
    ["a user name", "https://me@example.com/", "user name"],
    ["a password", "https://:secret@example.com/", "user name"],
    ["a user name that looks like the host", "https://example.com@169.254.169.254/", "user name"],
    ["an IPv4 address", "https://93.184.216.34/", "domain name"],
    ["loopback", "https://127.0.0.1/", "domain name"],
    ["loopback as one number", "https://2130706433/", "domain name"],
    ["loopback in hexadecimal", "https://0x7f000001/", "domain name"],
    ["loopback in hexadecimal parts", "https://0x7f.0.0.0x1/", "domain name"],
    ["loopback in octal", "https://0177.0.0.01/", "domain name"],
    ["loopback with parts left out", "https://127.1/", "domain name"],
    ["loopback in wide digits", "https://１２７.0.0.1/", "domain name"],
    ["loopback with escapes", "https://%31%32%37.0.0.1/", "domain name"],
    ["loopback with other full stops", "https://127。0。0。1/", "domain name"],
    ["loopback and a full stop", "https://127.0.0.1./", "domain name"],
    ["every address of this machine", "https://0.0.0.0/", "domain name"],
    ["every address of this machine, short", "https://0/", "domain name"],
    ["a cloud's metadata", "https://169.254.169.254/latest/meta-data/", "domain name"],
    ["a private network of class A", "https://10.0.0.1/", "domain name"],
    ["a private network of class B", "https://172.16.0.1/", "domain name"],
    ["a private network of class C", "https://192.168.1.1/", "domain name"],
    ["a carrier's network", "https://100.64.0.1/", "domain name"],
    ["multicast", "https://224.0.0.1/", "domain name"],
    ["broadcast", "https://255.255.255.255/", "domain name"],
    ["an IPv6 address", "https://[2606:2800:220:1::1]/", "domain name"],
    ["IPv6 loopback", "https://[::1]/", "domain name"],
    ["IPv6 unspecified", "https://[::]/", "domain name"],
    ["IPv4 in IPv6", "https://[::ffff:127.0.0.1]/", "domain name"],
    ["IPv4 in IPv6, hexadecimal", "https://[::ffff:7f00:1]/", "domain name"],
    ["NAT64 of a private address", "https://[64:ff9b::a00:1]/", "domain name"],
    ["a unique local address", "https://[fd00::1]/", "domain name"],
    ["a link-local address", "https://[fe80::1]/", "domain name"],
    ["one label", "https://intranet/", "domain name"],
    ["one label and a full stop", "https://intranet./", "domain name"],
    ["a full stop at the end", "https://example.com./", "domain name"],
    ["an empty label", "https://example..com/", "domain name"],
    ["an underscore", "https://a_b.example.com/", "domain name"],
    ["a label of 64 characters", `https://${"a".repeat(64)}.com/`, "domain name"],
    ["localhost", "https://localhost/", "domain name"],
    ["localhost in capitals", "https://LOCALHOST/", "domain name"],
    ["a name under localhost", "https://app.localhost/", "private"],
    ["a name under .local", "https://printer.local/", "private"],
    ["a name under .internal", "https://metadata.google.internal/", "private"],
    ["a name under home.arpa", "https://nas.home.arpa/", "private"],
    ["a reverse name", "https://1.0.0.127.in-addr.arpa/", "private"],
    ["a name under .lan", "https://nas.lan/", "private"],
    ["a hidden service", "https://abc.onion/", "private"],
    ["port 22", "https://example.com:22/", "port"],
    ["port 80", "https://example.com:80/", "port"],
    ["port 6379", "https://example.com:6379/", "port"],
  ] as const)("may not be %s", ([, text, fault], { expect }) => {
    expect(readTarget(text, false)).toEqual({ fault: expect.stringContaining(fault) });
  });

  it.for([
    "http://localhost:4000/hooks",
    "https://localhost/",
    "http://receiver.localhost:4000/",
    "http://127.0.0.1:4000/",
    "http://[::1]:4000/",
    "https://shop.example.com/hooks",
  ])("may be %s in development", (text, { expect }) => {
    expect(readTarget(text, true)).toEqual({ url: text });
  });

  it.for([
    "http://example.com/",
    "http://127.0.0.2:4000/",
    "http://192.168.1.1/",
    "http://169.254.169.254/",
    "http://0.0.0.0:4000/",
    "http://me@localhost:4000/",
    "ftp://localhost/",
    "http://notlocalhost/",
    "http://localhost.example.com/",
  ])("may not be %s in development either", (text, { expect }) => {
    expect(readTarget(text, true)).toEqual({ fault: expect.any(String) });
  });
});
