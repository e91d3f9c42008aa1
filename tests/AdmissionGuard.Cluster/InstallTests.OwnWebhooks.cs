namespace AdmissionGuard.Cluster;

public sealed partial class InstallTests
{
    /// <summary>What a stolen account of the server could do to the guard itself.</summary>
    [Fact]
    public async Task The_server_may_change_nothing_of_its_webhooks_but_whom_they_trust_and_the_token()
    {
        var account = Admin.As(Account);
        const string Token = "00112233445566778899aabbccddeeff";
        // a policy is in force a moment after it is stored
        // each time another value: what changes nothing is refused by nobody
        var seconds = 6;
        await Waiting.Until(async () => (await Patch("timeoutSeconds", 6 + (seconds++ % 20))).Status != 0, () => "the policy is not in force");
        Assert.Equal(0, (await Patch("clientConfig/caBundle", Convert.ToBase64String("x"u8))).Status);
        Assert.Equal(0, (await Patch("clientConfig/service/path", "/validate/" + Token)).Status);
        foreach (
            var (field, value) in ((string, object)[])
                [
                    ("failurePolicy", "Fail"),
                    ("timeoutSeconds", 30),
                    ("matchConditions", "[]"),
                    ("namespaceSelector", "{\"matchLabels\":{\"a\":\"b\"}}"),
                    ("clientConfig/service/path", "/elsewhere"),
                    ("clientConfig/service/name", "another"),
                    ("rules/0/operations", "[\"DELETE\"]"),
                ]
        )
        {
            var refused = await Patch(field, value);
            Assert.True(refused.Status != 0, field);
            Assert.Contains("admissionguard-own-webhooks", refused.Error, StringComparison.Ordinal);
        }
        // whoever installs it may
        Assert.Equal(0, (await Run("apply", "-k", Base)).Status);

        Task<Outcome> Patch(string field, object value)
        {
            var json = value is string text && text[0] is not ('[' or '{') ? $"\"{text}\"" : value.ToString();
            return account.Run(
                [
                    "patch",
                    "validatingwebhookconfiguration",
                    "admissionguard",
                    "--type",
                    "json",
                    "-p",
                    $"[{{\"op\":\"add\",\"path\":\"/webhooks/0/{field}\",\"value\":{json}}}]",
                ],
                input: null
            );
        }
    }
}
