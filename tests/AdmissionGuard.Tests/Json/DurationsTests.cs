using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Tests.Json;

/// <summary>The cases of Go's own time.ParseDuration, as far as ours differ in nothing but the nanosecond.</summary>
public sealed class DurationsTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("-0", 0)]
    [InlineData("+0", 0)]
    [InlineData("0s", 0)]
    [InlineData("5s", 5_000)]
    [InlineData("+5s", 5_000)]
    [InlineData("-5s", -5_000)]
    [InlineData("5.0s", 5_000)]
    [InlineData("5.6s", 5_600)]
    [InlineData("5.s", 5_000)]
    [InlineData(".5s", 500)]
    [InlineData("1.004s", 1_004)]
    [InlineData("100.00100s", 100_001)]
    [InlineData("13ms", 13)]
    [InlineData("1000us", 1)]
    [InlineData("1000µs", 1)]
    [InlineData("1000μs", 1)]
    [InlineData("1000000ns", 1)]
    [InlineData("3h30m", 12_600_000)]
    [InlineData("-1.5h", -5_400_000)]
    [InlineData("1m1m", 120_000)]
    [InlineData("10.5s4m", 250_500)]
    [InlineData("1h2m3s4ms5us6ns", 3_723_004.005)]
    [InlineData("39h9m14.425s", 140_954_425)]
    [InlineData("0.3333333333333333333h", 1_200_000)]
    public void What_Go_reads_is_read(string text, double milliseconds)
    {
        Assert.True(Durations.TryParse(text, out var duration));
        Assert.Equal(milliseconds, duration.TotalMilliseconds, 3);
    }

    [Theory]
    [InlineData("")]
    [InlineData("3")]
    [InlineData("-")]
    [InlineData("+")]
    [InlineData("s")]
    [InlineData(".")]
    [InlineData("-.")]
    [InlineData(".s")]
    [InlineData("+.s")]
    [InlineData("1d")]
    [InlineData("1S")]
    [InlineData("1 s")]
    [InlineData(" 1s")]
    [InlineData("1s ")]
    [InlineData("00")]
    [InlineData("--1s")]
    [InlineData("1.2.3s")]
    [InlineData("1e3s")]
    [InlineData("1,5s")]
    [InlineData("1h30")]
    [InlineData("٣s")]
    [InlineData("3000000h")]
    [InlineData("9223372037s")]
    [InlineData("99999999999999999999999999999999999999h")]
    public void What_Go_refuses_is_refused(string text) => Assert.False(Durations.TryParse(text, out _));

    [Fact]
    public void The_longest_of_Go_is_read()
    {
        Assert.True(Durations.TryParse("2562047h47m16.854775807s", out var duration));
        Assert.Equal(292, (int)(duration.TotalDays / 365.25));
    }

    [Fact]
    public void Something_is_never_rounded_to_nothing()
    {
        Assert.True(Durations.TryParse("1ns", out var duration));
        Assert.Equal(TimeSpan.FromTicks(1), duration);
    }

    [Theory]
    [InlineData(0, "0s")]
    [InlineData(50, "50ms")]
    [InlineData(1_500, "1.5s")]
    [InlineData(30_000, "30s")]
    [InlineData(60_000, "1m")]
    [InlineData(5_400_000, "1h30m")]
    [InlineData(3_600_500, "1h0.5s")]
    [InlineData(-90_000, "-1m30s")]
    [InlineData(90_000_000, "25h")]
    public void It_is_written_as_people_write_it(long milliseconds, string text) =>
        Assert.Equal(text, Durations.Write(TimeSpan.FromMilliseconds(milliseconds)));

    [Fact]
    public void What_is_written_reads_back_the_same()
    {
        var random = new Random(1);
        for (var i = 0; i < 5000; i++)
        {
            var duration = TimeSpan.FromTicks(random.NextInt64(-1L << random.Next(1, 56), 1L << random.Next(1, 56)));
            Assert.True(Durations.TryParse(Durations.Write(duration), out var again), Durations.Write(duration));
            Assert.Equal(duration, again);
        }
    }
}
