using System.Diagnostics;
using AdmissionGuard.Files;
using AdmissionGuard.Manifests;

namespace AdmissionGuard.Tests.Security;

/// <summary>A repository that somebody made to hurt whoever checks it.</summary>
public sealed class HostileFilesTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("admissionguard-hostile").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void A_pipe_in_a_folder_is_told_and_not_waited_for()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "there are no pipes in folders");
        using (var make = Process.Start("mkfifo", [Path.Combine(folder, "pipe.yaml")]))
            make.WaitForExit();
        File.CreateSymbolicLink(Path.Combine(folder, "link.yaml"), Path.Combine(folder, "pipe.yaml"));
        File.WriteAllText(Path.Combine(folder, "empty.yaml"), "");
        var read = ManifestFiles.Read([folder], [], Stream.Null);
        Assert.Equal(["link.yaml", "pipe.yaml"], read.Errors.Select(e => Path.GetFileName(e.File)).Order(StringComparer.Ordinal));
        Assert.All(read.Errors, e => Assert.Contains("is a pipe", e.Message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("a\u001b[2K.yaml")]
    [InlineData("a\nb.yaml")]
    [InlineData("a.yaml\n")]
    public void A_name_with_control_characters_is_refused_and_shown_without_them(string name)
    {
        File.WriteAllText(Path.Combine(folder, name), "kind: Service");
        var error = Assert.Single(ManifestFiles.Read([folder], [], Stream.Null).Errors);
        Assert.DoesNotContain(error.ToString(), char.IsControl);
        Assert.Contains("control characters", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fix_writes_nothing_outside_of_what_was_named()
    {
        var inside = Directory.CreateDirectory(Path.Combine(folder, "inside")).FullName;
        var outside = Directory.CreateDirectory(Path.Combine(folder, "inside-not")).FullName;
        File.WriteAllText(Path.Combine(outside, "a.yaml"), "x");
        File.WriteAllText(Path.Combine(inside, "own.yaml"), "x");
        File.CreateSymbolicLink(Path.Combine(inside, "file.yaml"), Path.Combine(outside, "a.yaml"));
        Directory.CreateSymbolicLink(Path.Combine(inside, "folder"), outside);
        File.CreateSymbolicLink(Path.Combine(inside, "near.yaml"), "own.yaml");
        Assert.False(RealPath.IsWithin(Path.Combine(inside, "file.yaml"), [inside]));
        Assert.False(RealPath.IsWithin(Path.Combine(inside, "folder", "a.yaml"), [inside]));
        Assert.True(RealPath.IsWithin(Path.Combine(inside, "own.yaml"), [inside]));
        Assert.True(RealPath.IsWithin(Path.Combine(inside, "near.yaml"), [inside]));
        // who names the link itself means what it leads to
        Assert.True(RealPath.IsWithin(Path.Combine(inside, "file.yaml"), [Path.Combine(inside, "file.yaml")]));
        var link = Path.Combine(folder, "link");
        Directory.CreateSymbolicLink(link, inside);
        Assert.True(RealPath.IsWithin(Path.Combine(link, "own.yaml"), [link]));
    }
}
