using System.Text;
using AdmissionGuard.Manifests;

namespace AdmissionGuard.Tests.Manifests;

public sealed class YamlReaderTests
{
    private const string A = "{\"kind\":\"A\"}";
    private const string B = "{\"kind\":\"B\"}";

    [Theory]
    [InlineData("a: 1\nb: 2\na: 3\n", "f.yaml:3:1: the key \"a\" is there twice, first in line 1")]
    [InlineData("a:\n  b: {x: 1, x: 2}\n", "f.yaml:2:13: the key \"x\" is there twice, first in line 2")]
    [InlineData("y: 1\nyes: 2\n", "f.yaml:2:1: the key \"true\" (written yes) is there twice, first in line 1")]
    [InlineData("1: a\n\"1\": b\n", "f.yaml:2:1: the key \"1\" is there twice, first in line 1")]
    [InlineData("{\"a\": 1,\n \"a\": 2}", "f.yaml:2:2: the key \"a\" is there twice, first in line 1")]
    [InlineData("{\"a\": 1,\n \"\\u0061\": 2}", "f.yaml:2:2: the key \"a\" is there twice, first in line 1")]
    [InlineData("m: &m {a: 1}\nn:\n  <<: *m\n  b: 1\n  b: 2\n", "f.yaml:5:3: the key \"b\" is there twice, first in line 4")]
    public void A_key_written_twice_is_refused_where_it_is_again(string text, string error) => Assert.Equal(error, Reading.Refusal(text));

    [Fact]
    public void Of_many_keys_the_second_one_is_found_too()
    {
        var text = string.Concat(Enumerable.Range(0, 100).Select(i => $"k{i}: 1\n")) + "k7: 2\n";
        Assert.Equal("f.yaml:101:1: the key \"k7\" is there twice, first in line 8", Reading.Refusal(text));
    }

    // as kubectl 1.32.4 reads them
    [Theory]
    [InlineData("x: &x {a: 1}\ny2: *x\n", """{"x":{"a":1},"y2":{"a":1}}""")]
    [InlineData("x: &x 1\ny2: &x 2\nz: *x\n", """{"x":1,"y2":2,"z":2}""")]
    [InlineData("&k a: 1\nb: *k\n", """{"a":1,"b":"a"}""")]
    [InlineData("x: &k foo\n*k : 1\n", """{"x":"foo","foo":1}""")]
    [InlineData("x: &x {a: 1, b: 2}\nm:\n  <<: *x\n  a: 3\n", """{"x":{"a":1,"b":2},"m":{"a":3,"b":2}}""")]
    [InlineData("x: &x {a: 1, b: 2}\nm:\n  a: 3\n  <<: *x\n", """{"x":{"a":1,"b":2},"m":{"a":1,"b":2}}""")]
    [InlineData("m:\n  <<: [{a: 1}, {a: 2, b: 3}]\n  c: 1\n", """{"m":{"a":1,"b":3,"c":1}}""")]
    [InlineData("x: &x {a: 1}\nz: &z {<<: *x, c: 8}\nm: {<<: *z, d: 0}\n", """{"x":{"a":1},"z":{"a":1,"c":8},"m":{"a":1,"c":8,"d":0}}""")]
    [InlineData("m:\n  \"<<\": {a: 1}\n", """{"m":{"<<":{"a":1}}}""")]
    [InlineData("m:\n  !!merge <<: {a: 1}\n", """{"m":{"a":1}}""")]
    [InlineData("{a: yes, b: [c, {d: 0x10}]}", """{"a":true,"b":["c",{"d":16}]}""")]
    [InlineData("{a, b: }", """{"a":null,"b":null}""")]
    [InlineData("a: [x: 1, y]\n", """{"a":[{"x":1},true]}""")]
    [InlineData("a: [\nb,\n c, {\nd: e}\n]\n", """{"a":["b","c",{"d":"e"}]}""")]
    [InlineData("a:\n  b: {\n  c: 1, d: 2\n  }\n  e: [f,\n  g]\n", """{"a":{"b":{"c":1,"d":2},"e":["f","g"]}}""")]
    [InlineData("a:\n  b: \"c\n d \\\" \\\n  e\"\n", """{"a":{"b":"c d \" e"}}""")]
    [InlineData("a: \"\\0\\x07\\\\ \\\" \\u2028 é\U0001F600\"\n", "{\"a\":\"\\u0000\\u0007\\\\ \\\" \\u2028 é\\uD83D\\uDE00\"}")]
    public void Structure_reads_as_kubectl_reads_it(string text, string json) => Assert.Equal(json, Reading.Json(text));

    [Theory]
    [InlineData("m: *nope\n", "f.yaml:1:4: alias *nope has no anchor &nope before it")]
    [InlineData("x: &x [*x]\n", "f.yaml:1:8: the value of anchor &x contains itself")]
    [InlineData("m:\n  <<: 3\n", "f.yaml:2:3: << takes a map or a list of maps")]
    [InlineData("m:\n  <<: [1]\n", "f.yaml:2:8: << takes a map or a list of maps")]
    public void Aliases_and_merges_that_lead_nowhere_are_refused(string text, string error) => Assert.Equal(error, Reading.Refusal(text));

    [Theory]
    [InlineData("kind: A\n---\nkind: B\n")]
    [InlineData("---\nkind: A\n---\n---\n# nothing\n---\nkind: B\n---\n")]
    [InlineData("kind: A\n--- # Source: chart/templates/b.yaml\nkind: B")]
    [InlineData("kind: A\r\n---\r\nkind: B\r\n")]
    [InlineData("kind: A\n--- \t\nkind: B\n")]
    [InlineData("kind: A\n...\n---\nkind: B\n")]
    [InlineData("kind: A\n...\nkind: B\n")]
    [InlineData("%YAML 1.1\n---\nkind: A\n---\nkind: B\n")]
    [InlineData("kind: A\n---\nnull\n---\nkind: B\n")]
    [InlineData("\uFEFFkind: A\n---\n\uFEFFkind: B\n")]
    [InlineData("{\"kind\":\"A\"}{\"kind\":\"B\"}")]
    [InlineData("\n {\"kind\":\"A\"}\n{\"kind\":\"B\"}\n")]
    [InlineData("{\"kind\":\"A\"}\n---\nkind: B")]
    [InlineData("kind: A\n---\n{\"kind\":\"B\"}")]
    [InlineData("{kind: A}\n---\n{\"kind\":\"B\",}")]
    public void A_stream_is_its_documents(string text)
    {
        var (documents, errors) = Reading.Of(text);
        Assert.Empty(errors);
        Assert.Equal([A, B], documents.Select(d => d.Root.ToString()));
        Assert.Equal([0, 1], documents.Select(d => d.Index));
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n\n")]
    [InlineData("# only\n# comments\n")]
    [InlineData("---\n---\n")]
    [InlineData("\uFEFF")]
    [InlineData("~\n")]
    public void Nothing_is_no_document_and_no_error(string text)
    {
        var (documents, errors) = Reading.Of(text);
        Assert.Empty(documents);
        Assert.Empty(errors);
    }

    [Theory]
    [InlineData("kind: A\n---\na: [1, 2\n---\nkind: B\n", "f.yaml:4:1: a list in brackets lacks a comma or its ]")]
    [InlineData("kind: A\n---\na:\n\tb: 1\n---\nkind: B\n", "f.yaml:4:1: a tab cannot indent YAML, use spaces")]
    [InlineData(
        "kind: A\n---\na: b: c\n---\nkind: B\n",
        "f.yaml:3:5: a second \": \" in one line, or a value that is indented wrongly: quote the text or mend the indentation"
    )]
    [InlineData("kind: A\n---\na:\n  b: 1\n c: 2\n---\nkind: B\n", "f.yaml:5:2: this does not fit the map that it stands in: mend the indentation")]
    [InlineData("kind: A\n---\na: \"open\n---\nkind: B\n", "f.yaml:3:4: a quote that is opened here is never closed")]
    [InlineData("kind: A\n---\na: @b\n---\nkind: B\n", "f.yaml:3:4: no YAML value begins with this character, quote the text")]
    [InlineData("kind: A\n---\na: {{ .Values.b }}\n---\nkind: B\n", "f.yaml:3:5: a key must be a text, this one is a map or a list")]
    [InlineData("kind: A\n---\na: \"\u0001\"\n---\nkind: B\n", "f.yaml:3:5: the control character 0x01, is this text in UTF-8?")]
    [InlineData("kind: A\n---\n{\"a\": 1\n---\nkind: B\n", null)]
    [InlineData(
        "kind: A\n---\n{\"a\": tru}}\n---\nkind: B\n",
        "f.yaml:3:10: no JSON: 'tru}}' is an invalid JSON literal. Expected the literal 'true'"
    )]
    [InlineData("kind: A\n--- {a: 1}\n---\nkind: B\n", "f.yaml:2:4: kubectl refuses text behind --- on the same line, write it on the next")]
    [InlineData("kind: A\n---\na: !!st[r b\n---\nkind: B\n", "f.yaml:3:10: a tag that is no URI")]
    [InlineData("kind: A\n---\nb:\n  c: {a: 1\n...\n---\nkind: B\n", null)]
    [InlineData("kind: A\n---\na: \"c\"#d\n---\nkind: B\n", "f.yaml:3:7: a comment needs a space before its #")]
    public void A_broken_document_leaves_the_others(string text, string? error)
    {
        var (documents, errors) = Reading.Of(text);
        Assert.Equal([A, B], documents.Select(d => d.Root.ToString()));
        Assert.Equal(error ?? errors[0].ToString(), Assert.Single(errors).ToString());
    }

    [Fact]
    public void Bytes_that_are_no_UTF8_are_refused_where_they_are()
    {
        byte[] bytes = [.. "kind: A\n---\né: "u8, 0xC3, (byte)'\n', .. "---\nkind: B\n"u8];
        var (documents, errors) = new YamlReader().Read("f.yaml", bytes);
        Assert.Equal([A, B], documents.Select(d => d.Root.ToString()));
        Assert.Equal("f.yaml:3:4: the byte 0xc3 is no UTF-8", Assert.Single(errors).ToString());
    }

    [Fact]
    public void UTF16_is_refused()
    {
        byte[] bytes = [.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes("kind: A\n")];
        var (documents, errors) = new YamlReader().Read("f.yaml", bytes);
        Assert.Empty(documents);
        Assert.Equal("f.yaml:1:1: this is UTF-16, save it as UTF-8", Assert.Single(errors).ToString());
    }

    [Fact]
    public void Half_a_surrogate_pair_is_refused() =>
        Assert.Equal("f.yaml:1:7: a text with half of a surrogate pair (\\ud800 to \\udfff)", Reading.Refusal("{\"a\": \"\\ud83d\"}"));

    [Fact]
    public void A_JSON_number_beyond_every_float_is_refused() =>
        Assert.Equal("f.yaml:1:7: a number too large for the API server", Reading.Refusal("{\"a\": 1e400}"));
}
