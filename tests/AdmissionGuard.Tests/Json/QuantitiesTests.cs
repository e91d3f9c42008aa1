using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Tests.Json;

/// <summary>As Kubernetes' resource.ParseQuantity reads them.</summary>
public sealed class QuantitiesTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("1", 1)]
    [InlineData("+1", 1)]
    [InlineData("-2", -2)]
    [InlineData("500m", 0.5)]
    [InlineData(".5", 0.5)]
    [InlineData("1.", 1)]
    [InlineData("1.5k", 1500)]
    [InlineData("2Ki", 2048)]
    [InlineData("1Mi", 1048576)]
    [InlineData("1E", 1e18)]
    [InlineData("1E2", 100)]
    [InlineData("1e-3", 0.001)]
    [InlineData("100u", 0.0001)]
    [InlineData("1e300", long.MaxValue)]
    public void What_Kubernetes_reads_is_read(string text, double expected)
    {
        Assert.True(Quantities.TryParse(text, out var value));
        Assert.Equal(expected, value, 1e-12 * Math.Max(1, Math.Abs(expected)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("m")]
    [InlineData("1 m")]
    [InlineData("1K")]
    [InlineData("1mi")]
    [InlineData("10%")]
    [InlineData("1.2.3")]
    [InlineData("--1")]
    [InlineData("1e")]
    [InlineData("1ex")]
    [InlineData("NaN")]
    [InlineData("∞")]
    public void What_Kubernetes_refuses_is_refused(string text) => Assert.False(Quantities.TryParse(text, out _));
}
