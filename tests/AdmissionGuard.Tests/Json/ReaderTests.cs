using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Tests.Json;

public sealed class ReaderTests
{
    private readonly Reader read = new() { Rule = "first" };

    [Theory]
    [InlineData("5", 5L)]
    [InlineData("5.0", 5L)]
    [InlineData("1e2", 100L)]
    [InlineData("-0", 0L)]
    [InlineData("9223372036854775807", long.MaxValue)]
    [InlineData("null", null)]
    public void A_whole_number_is_read_as_the_API_server_reads_it(string json, long? expected)
    {
        Assert.Equal(expected, read.Integer(Node.Parse(json)));
        Assert.Empty(read.Wrong);
    }

    [Theory]
    [InlineData("5.5")]
    [InlineData("'5'")]
    [InlineData("1e400")]
    [InlineData("9223372036854775808")]
    [InlineData("true")]
    [InlineData("{}")]
    public void What_is_no_whole_number_is_unknown_and_remembered(string json)
    {
        Assert.Null(read.Integer(Judge.Json(json)));
        Assert.Equal("a whole number", Assert.Single(read.Wrong).Expected);
    }

    [Fact]
    public void The_absent_is_neither_read_nor_remembered()
    {
        Assert.Null(read.Integer(default));
        Assert.Null(read.Boolean(default));
        Assert.Null(read.Text(default));
        Assert.Null(read.Duration(default));
        Assert.False(read.Map(default).Exists);
        Assert.Empty(read.Items(default));
        Assert.Empty(read.Items(Node.Parse("null")));
        Assert.Empty(read.Wrong);
    }

    [Fact]
    public void Each_value_is_remembered_once_for_whom_needed_it_first()
    {
        var root = Judge.Json("{'a': 'x', 'b': 'x'}");
        read.Integer(root["a"u8]);
        read.Rule = "second";
        read.Integer(root["a"u8]);
        read.Boolean(root["b"u8]);
        Assert.Equal(
            [("first", "\"x\" where a whole number is expected"), ("second", "\"x\" where true or false is expected")],
            read.Wrong.Select(w => (w.Rule, w.Message))
        );
    }

    [Fact]
    public void Maps_and_lists_of_another_type_are_empty_and_remembered()
    {
        Assert.Empty(read.Items(Judge.Json("{'a': 1}")));
        Assert.False(read.Map(Judge.Json("[1]")).Exists);
        Assert.False(read.Map(Judge.Json("'x'")).Exists);
        Assert.Equal(["a list", "a map", "a map"], read.Wrong.Select(w => w.Expected));
    }

    [Fact]
    public void A_duration_that_Go_would_refuse_is_unknown()
    {
        Assert.Equal(TimeSpan.FromSeconds(90), read.Duration(Judge.Json("'1m30s'")));
        Assert.Null(read.Duration(Judge.Json("'30'")));
        Assert.Null(read.Duration(Judge.Json("30")));
        Assert.Equal(2, read.Wrong.Count);
    }
}
