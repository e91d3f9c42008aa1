using AdmissionGuard.Core.Istio;

namespace AdmissionGuard.Tests.Istio;

/// <summary>Regular expressions, and headers, as Go and Envoy read them (docs/facts/istio.md#validation-regex).</summary>
public sealed class RefusalTests
{
    [Theory]
    [InlineData("/api/v[0-9]+/(users|orders)(/.*)?")]
    [InlineData("(?i)^bearer .+$")]
    [InlineData("(?P<name>a)(?<other>b)(?:c)(?i:d)(?s-m:e)")]
    [InlineData("[[:alpha:]_-][^]]*[]a][a-][\\d\\-x][\\pL]")]
    [InlineData("a{2,3}b{2}?c{0,}{x}d{,2}")]
    [InlineData("\\.\\x7F\\x{1F600}\\012\\Q*(\\E\\pL\\P{Greek}\\bx\\z")]
    [InlineData("(|a)*$*")]
    [InlineData("a(?i)*")]
    [InlineData("(a{10}){100}")]
    public void What_RE2_reads_is_right(string regex) => Assert.Null(Re2.Wrong(regex));

    [Theory]
    [InlineData("(?!a)", "lookahead")]
    [InlineData("(?=a)", "lookahead")]
    [InlineData("(?<=a)b", "lookbehind")]
    [InlineData("(?<!a)b", "lookbehind")]
    [InlineData("(a)\\1", "back references")]
    [InlineData("(?>a)", "not supported")]
    [InlineData("/(a", "parenthesis is missing")]
    [InlineData("a)", "too many")]
    [InlineData("[a-z", "bracket is missing")]
    [InlineData("[z-a]", "wrong way round")]
    [InlineData("[[:no:]]", "not known")]
    [InlineData("*a", "nothing to repeat")]
    [InlineData("(*a)", "nothing to repeat")]
    [InlineData("a|*", "nothing to repeat")]
    [InlineData("(?i)*", "nothing to repeat")]
    [InlineData("a**", "is repeated")]
    [InlineData("a{2}*", "is repeated")]
    [InlineData("a{1001}", "bounds")]
    [InlineData("a{3,2}", "bounds")]
    [InlineData("(a{100}){100}", "within each other")]
    [InlineData("a\\", "at the end")]
    [InlineData("\\Z", "not supported")]
    [InlineData("\\p{Xy}", "not known")]
    [InlineData("\\xZ", "not complete")]
    [InlineData("(?P<a-b>c)", "name of a group")]
    [InlineData("(?<a>b)(?<a>c)", "name of a group")]
    public void What_RE2_cannot_read_is_said(string regex, string why) => Assert.Contains(why, Re2.Wrong(regex), StringComparison.Ordinal);

    [Fact]
    public void At_most_1024_characters_are_read()
    {
        Assert.Null(Re2.Wrong(new string('a', 1024)));
        Assert.NotNull(Re2.Wrong(new string('a', 1025)));
    }

    [Theory]
    [InlineData("100%%", true)]
    [InlineData("from %HOSTNAME% on", true)]
    [InlineData("%REQ(x-user)%", true)]
    [InlineData("%PER_REQUEST_STATE([\"a\", \"b\"])%", true)]
    [InlineData("100%", false)]
    [InlineData("%HOSTNAME", false)]
    [InlineData("%REQ(x-user)", false)]
    [InlineData("a\nb", false)]
    public void A_percent_sign_begins_a_command(string value, bool isRight) => Assert.Equal(isRight, HeaderFormat.IsValue(value));

    [Theory]
    [InlineData("api", true)]
    [InlineData("api.shop.svc.cluster.local.", true)]
    [InlineData("*.example.com", true)]
    [InlineData("*-a.example.com", true)]
    [InlineData("API.example", true)]
    [InlineData("a.*.example", false)]
    [InlineData("a_b.example", false)]
    [InlineData("api.example.8080", false)]
    [InlineData("api.example:8080", false)]
    [InlineData("", false)]
    public void A_host_is_made_of_DNS_labels(string host, bool isRight) => Assert.Equal(isRight, IstioNames.WrongHost(host) is null);

    [Theory]
    [InlineData("10.0.0.0/8", true)]
    [InlineData("2001:db8::/64", true)]
    [InlineData("10.0.0.1", true)]
    [InlineData("10.0.0", false)]
    [InlineData("010.0.0.1", false)]
    [InlineData("10.0.0.0/33", false)]
    [InlineData("10.0.0.0/08", false)]
    [InlineData("[::1]", false)]
    public void A_subnet_is_an_address_or_a_prefix(string text, bool isRight) => Assert.Equal(isRight, IstioNames.IsSubnet(text));
}
