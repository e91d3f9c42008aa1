using System.Text;
using System.Text.Json;
using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Tests.Json;

public sealed class NodeTests
{
    [Fact]
    public void A_path_through_what_is_not_there_is_read_without_checks()
    {
        var root = Judge.Json("{'a': [1], 'n': null, 't': 'x'}");
        foreach (var node in new[] { root["a"u8]["b"u8], root["n"u8]["b"u8]["c"u8], root["t"u8]["b"], root["zz"u8]["b"u8], default(Node)["b"u8] })
        {
            Assert.False(node.Exists);
            Assert.Equal((0, null, "(absent)"), (node.Count, node.Text, node.ToString()));
            Assert.Empty(node.Items);
            Assert.Empty(node.Entries);
            Assert.True(node.Raw.IsEmpty);
        }
    }

    [Fact]
    public void Null_counts_as_absent() => Assert.False(Node.Parse("null").Exists);

    [Fact]
    public void Keys_are_compared_as_texts_not_as_bytes()
    {
        var root = Judge.Json("{'\\u0061': 1, 'ü/~': 2}");
        Assert.Equal("1", root["a"u8].ToString());
        Assert.Equal("2", root["\\u00fc/~".Replace("\\u00fc", "ü", StringComparison.Ordinal)].ToString());
    }

    [Fact]
    public void Of_a_key_that_stands_twice_the_last_counts() => Assert.Equal("2", Judge.Json("{'a': 1, 'a': 2}")["a"u8].ToString());

    [Theory]
    [InlineData("{'a': 1, 'b': [1, 2]}", "{ 'b' : [1,2], 'a' : 1.0 }", true)]
    [InlineData("{'a': 1}", "{'a': 1, 'b': null}", false)]
    [InlineData("[1, 2]", "[2, 1]", false)]
    [InlineData("'\\u0061'", "'a'", true)]
    [InlineData("null", "null", true)]
    public void Sameness_is_of_content(string one, string other, bool same) => Assert.Equal(same, Judge.Json(one).SameAs(Judge.Json(other)));

    [Fact]
    public void The_absent_is_the_same_as_null_and_as_nothing_else()
    {
        Assert.True(default(Node).SameAs(Node.Parse("null")));
        Assert.False(default(Node).SameAs(Node.Parse("{}")));
    }

    [Fact]
    public void Offsets_count_bytes_from_the_root_that_is_given()
    {
        var root = Judge.Json("{'ü': {'a': 1}}");
        Assert.Equal(0, root.OffsetIn(root));
        Assert.Equal(7, root["ü"].OffsetIn(root));
        Assert.Equal(6, root["ü"]["a"u8].OffsetIn(root["ü"]));
        Assert.Equal(-1, Judge.Json("{'ü': {'a': 1}}")["ü"].OffsetIn(root));
        Assert.Equal(-1, default(Node).OffsetIn(root));
    }

    [Theory]
    [InlineData("{'a': 'x\\ud800'}")]
    [InlineData("{'a\\uDC00': 1}")]
    [InlineData("{'a': '\\ud83d\\u0041'}")]
    public void Half_a_surrogate_pair_is_refused_at_once_and_not_where_it_is_read(string json) =>
        Assert.Throws<JsonException>(() => Judge.Json(json));

    [Fact]
    public void Whole_pairs_and_what_looks_like_an_escape_are_fine()
    {
        var root = Judge.Json("{'a': '\\ud83d\\ude00 \\\\ud800'}");
        Assert.Equal("\U0001F600 \\ud800", root["a"u8].Text);
    }

    [Fact]
    public void Bytes_that_are_no_UTF8_are_refused() => Assert.Throws<JsonException>(() => Node.Parse(new byte[] { (byte)'"', 0xff, (byte)'"' }));

    [Fact]
    public void A_document_deeper_than_any_manifest_is_refused() =>
        Assert.ThrowsAny<JsonException>(() => Node.Parse(Encoding.UTF8.GetBytes(new string('[', 200) + new string(']', 200))));
}
