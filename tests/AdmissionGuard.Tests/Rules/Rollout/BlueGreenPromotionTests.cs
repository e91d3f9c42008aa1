using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Tests.Rules.Rollout;

public sealed class BlueGreenPromotionTests
{
    private const string Id = "rollout-blue-green-promotion";

    private const string Preview = "'previewService': 'api-preview'";

    [Theory]
    [InlineData("", GuardAction.Deny)]
    [InlineData(", 'autoPromotionEnabled': true", GuardAction.Deny)]
    [InlineData(", 'autoPromotionSeconds': 0", GuardAction.Deny)]
    [InlineData(", 'autoPromotionSeconds': 29", GuardAction.Deny)]
    [InlineData(", 'postPromotionAnalysis': {'templates': []}", GuardAction.Deny)]
    [InlineData(", 'previewReplicaCount': 1", GuardAction.Deny)]
    [InlineData(", 'autoPromotionSeconds': 30", null)]
    [InlineData(", 'autoPromotionEnabled': false", null)]
    [InlineData(", 'autoPromotionEnabled': false, 'autoPromotionSeconds': 1", null)]
    [InlineData(", 'prePromotionAnalysis': {'templates': [{'templateName': 'a'}]}", null)]
    [InlineData(", 'autoPromotionEnabled': 'false'", null)]
    [InlineData(", 'autoPromotionSeconds': '5m'", null)]
    public void A_switch_must_wait_for_someone_or_something(string fields, GuardAction? action) =>
        Assert.Equal(action, Judge.Rule(Id, Manifest.BlueGreen(Preview + fields)).Action());

    [Theory]
    [InlineData("'autoPromotionSeconds': 5", "spec.strategy.blueGreen.autoPromotionSeconds", "5s", "autoPromotionSeconds: 300")]
    [InlineData("'autoPromotionEnabled': true", "spec.strategy.blueGreen.autoPromotionEnabled", "0s", "autoPromotionEnabled: false")]
    [InlineData("'maxUnavailable': 1", "spec.strategy.blueGreen.autoPromotionEnabled", "0s", "autoPromotionEnabled: false")]
    public void It_points_to_what_promotes(string fields, string path, string found, string remedy)
    {
        var judgement = Assert.Single(Judge.Rule(Id, Manifest.BlueGreen($"{Preview}, {fields}")));
        Assert.Equal((path, found, remedy), (judgement.Path.ToText(), judgement.Finding.Found, judgement.Finding.Remedy));
    }

    [Fact]
    public void A_missing_preview_is_another_rules_matter() => Assert.Empty(Judge.Rule(Id, Manifest.BlueGreen("'autoPromotionEnabled': false")));

    [Fact]
    public void A_canary_is_another_rules_matter_even_beside_blue_green()
    {
        Assert.Empty(Judge.Rule(Id, Manifest.Canary("100")));
        Assert.Empty(Judge.Rule(Id, Manifest.Rollout("{'canary': {}, 'blueGreen': {}}")));
    }
}
