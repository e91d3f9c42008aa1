namespace AdmissionGuard.Tests;

[Trait(Repository.Writes, Repository.Golden)]
public sealed class GoldenTests
{
    public static TheoryData<string> Names => [.. GoldenCase.All().Select(c => c.ToString())];

    [Theory]
    [MemberData(nameof(Names))]
    public void Prints_what_is_expected(string name)
    {
        var parts = name.Split('/');
        var golden = new GoldenCase(parts[0], parts[1]);
        var text = golden.Text();
        if (Repository.UpdatesGolden)
            File.WriteAllText(golden.Expected, text);
        Assert.True(File.Exists(golden.Expected), $"{golden.Expected} is missing: UPDATE_GOLDEN=1 writes it");
        Assert.Equal(File.ReadAllText(golden.Expected), text);
    }
}
