using System.Text;
using AdmissionGuard.Manifests;

namespace AdmissionGuard.Tests.Manifests;

public sealed class ManifestFilesTests : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("admissionguard-").FullName;

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Fact]
    public void A_folder_gives_its_manifests_in_the_order_of_their_paths()
    {
        foreach (var name in new[] { "b.yml", "a.yaml", "c/d.json", "c/B.yaml", "c.yaml", ".git/x.yaml", "node_modules/y.yaml", "readme.md" })
            Write(name, Object(name));
        Write("values.yaml", "replicas: 3\n---\n- a\n");
        var read = Read([root]);
        Assert.Equal(["a.yaml", "b.yml", "c.yaml", "c/B.yaml", "c/d.json"], read.Documents.Select(Relative));
        Assert.Equal(2, read.PassedOver);
        Assert.Empty(read.Errors);
        Assert.Equal(read.Documents.Select(Relative), Read([root + "/"]).Documents.Select(Relative));
    }

    [Fact]
    public void What_is_named_must_be_an_object()
    {
        var path = Write("named.txt", "replicas: 3\n---\n- a\n---\nkind: A\n---\n" + Object("a"));
        var read = Read([path]);
        Assert.Equal("a", Assert.Single(read.Documents).Name);
        Assert.Equal(
            [
                $"{path}:1:1: no Kubernetes object: it has no kind",
                $"{path}:3:1: no Kubernetes object: not a map",
                $"{path}:5:1: no Kubernetes object: it has no apiVersion",
            ],
            read.Errors.Select(e => e.ToString())
        );
    }

    [Fact]
    public void What_does_not_exist_is_an_error_and_the_rest_is_read()
    {
        var missing = Path.Join(root, "missing.yaml");
        var read = Read([missing, Write("a.yaml", Object("a"))]);
        Assert.Equal($"{missing}: does not exist", Assert.Single(read.Errors).ToString());
        Assert.Single(read.Documents);
    }

    [Fact]
    public void A_file_is_read_once_however_often_it_is_reached()
    {
        var path = Write("a.yaml", Object("a"));
        Assert.Single(Read([root, path, path, root]).Documents);
    }

    [Fact]
    public void Links_that_lead_back_end()
    {
        Write("a/b/x.yaml", Object("x"));
        Directory.CreateSymbolicLink(Path.Join(root, "a/b/up"), Path.Join(root, "a"));
        File.CreateSymbolicLink(Path.Join(root, "self.yaml"), Path.Join(root, "self.yaml"));
        File.CreateSymbolicLink(Path.Join(root, "gone.yaml"), Path.Join(root, "nowhere"));
        var read = Read([root]);
        Assert.Equal(["a/b/x.yaml"], read.Documents.Select(Relative));
        Assert.Equal(["gone.yaml", "self.yaml"], read.Errors.Select(e => Path.GetFileName(e.File)));
    }

    [Fact]
    public void Templates_of_a_chart_are_passed_over_with_a_notice_unless_named()
    {
        Write("chart/Chart.yaml", "apiVersion: v2\nname: chart\n");
        Write("chart/crds/crd.yaml", Object("crd"));
        var template = Write("chart/templates/a.yaml", Object("a"));
        Write("templates/b.yaml", Object("b"));
        var read = Read([root]);
        Assert.Equal(["chart/crds/crd.yaml", "templates/b.yaml"], read.Documents.Select(Relative));
        Assert.Equal(
            $"{root}/chart/templates: templates of a Helm chart, skipped; give their result: helm template CHART | admissionguard check -",
            Assert.Single(read.Notices)
        );
        Assert.Single(Read([template]).Documents);
    }

    [Fact]
    public void Patches_of_a_kustomization_are_passed_over_with_a_notice_unless_named()
    {
        Write(
            "overlay/kustomization.yaml",
            "patches:\n- path: one.yaml\n- patch: |\n    - op: add\npatchesStrategicMerge:\n- ../two.yaml\n- |\n  kind: "
                + "X\npatchesJson6902:\n- path: three.yaml\nresources: [four.yaml]\n"
        );
        var patch = Write("overlay/one.yaml", Object("one"));
        Write("two.yaml", Object("two"));
        Write("overlay/three.yaml", "- op: add\n");
        Write("overlay/four.yaml", Object("four"));
        var read = Read([root]);
        Assert.Equal(["overlay/four.yaml"], read.Documents.Select(Relative));
        Assert.Equal(
            $"{root}/overlay/kustomization.yaml names 3 patches, skipped (one.yaml, three.yaml, two.yaml); give the result: kustomize "
                + $"build DIR | admissionguard check -",
            Assert.Single(read.Notices)
        );
        Assert.Equal(1, read.PassedOver);
        Assert.Single(Read([patch]).Documents);
        Assert.Empty(Read([Path.Join(root, "overlay/kustomization.yaml")]).Errors);
    }

    [Fact]
    public void Lists_give_their_items()
    {
        var path = Write(
            "list.yaml",
            "apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: List, items: [{apiVersion: v1, kind: A, metadata: {name: "
                + "a}}]}\n-\n- spec: 1\n"
        );
        var read = Read([path]);
        Assert.Equal("a", Assert.Single(read.Documents).Name);
        Assert.Equal(
            [$"{path}:5:2: no Kubernetes object: not a map", $"{path}:6:3: no Kubernetes object: it has no kind"],
            read.Errors.Select(e => e.ToString())
        );
        var typed = Assert.Single(
            Read([Write("typed.json", "{\"apiVersion\":\"x/v1\",\"kind\":\"RolloutList\",\"items\":[{\"metadata\":{\"name\":\"r\"}}]}")]).Documents
        );
        Assert.Equal(("x/v1", "Rollout", "r"), (typed.ApiVersion, typed.Kind, typed.Name));
        Assert.Empty(Read([Write("empty.yaml", "apiVersion: v1\nkind: List\nitems: []\n")]).Errors);
    }

    [Fact]
    public void Standard_input_is_read_where_it_is_named()
    {
        var read = ManifestFiles.Read(["-", "-"], [], new MemoryStream(Encoding.UTF8.GetBytes(Object("a") + "---\nx: [\n")));
        Assert.Equal("-", Assert.Single(read.Documents).File);
        Assert.StartsWith("-:", Assert.Single(read.Errors).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Fifty_megabytes_are_refused_and_the_rest_is_read()
    {
        var large = Path.Join(root, "large.yaml");
        using (var file = File.Create(large))
            file.SetLength(50_000_000);
        Write("small.yaml", Object("small"));
        var read = Read([root]);
        Assert.Equal($"{large}: larger than 32 MiB, split it", Assert.Single(read.Errors).ToString());
        Assert.Single(read.Documents);
        var endless = ManifestFiles.Read(["-"], [], new Endless());
        Assert.Equal("-: larger than 32 MiB, split it", Assert.Single(endless.Errors).ToString());
    }

    [Theory]
    [InlineData("*.test.yaml", "a.yaml,sub/c.yaml,sub/deep/d.yaml")]
    [InlineData("sub", "a.test.yaml,a.yaml")]
    [InlineData("deep/", "a.test.yaml,a.yaml,sub/c.yaml")]
    [InlineData("ROOT/sub/*.yaml", "a.test.yaml,a.yaml,sub/deep/d.yaml")]
    [InlineData("ROOT/**/*.yaml", "")]
    [InlineData("**/deep/**", "a.test.yaml,a.yaml,sub/c.yaml")]
    [InlineData("?.yaml", "a.test.yaml")]
    [InlineData("[a].yaml", "a.test.yaml,a.yaml,sub/c.yaml,sub/deep/d.yaml")]
    public void Exclude_leaves_out_what_fits(string glob, string left)
    {
        foreach (var name in new[] { "a.yaml", "a.test.yaml", "sub/c.yaml", "sub/deep/d.yaml" })
            Write(name, Object("x"));
        var read = ManifestFiles.Read([root], [glob.Replace("ROOT", root, StringComparison.Ordinal)], Stream.Null);
        Assert.Equal(left, string.Join(',', read.Documents.Select(Relative)));
    }

    private static string Object(string name) => $"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: \"{name}\"}}\n";

    private static ManifestSet Read(string[] paths) => ManifestFiles.Read(paths, [], Stream.Null);

    private string Relative(Document document) => Path.GetRelativePath(root, document.File);

    private string Write(string name, string text)
    {
        var path = Path.Join(root, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    private sealed class Endless : MemoryStream
    {
        public override bool CanSeek => false;

        public override int Read(byte[] buffer, int offset, int count)
        {
            buffer.AsSpan(offset, count).Fill((byte)'#');
            return count;
        }
    }
}
