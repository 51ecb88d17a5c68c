import io.github.cdk8smultisite.CloudifyManager;
import io.github.cdk8smultisite.HoldPods;
import io.github.cdk8smultisite.HoldPodsProps;
import io.github.cdk8smultisite.Metainit;
import io.github.cdk8smultisite.MetainitProps;
import io.github.cdk8smultisite.MetainitStaticPod;
import io.github.cdk8smultisite.MetainitStaticPodProps;
import io.github.cdk8smultisite.MultisiteInit;
import io.github.cdk8smultisite.MultisiteInitProps;
import io.github.cdk8smultisite.MultisiteKubeconfig;
import io.github.cdk8smultisite.RequestedCredentialOptions;
import io.github.cdk8smultisite.SiteCredential;
import java.util.List;
import java.util.Map;
import org.cdk8s.ApiObjectMetadata;
import org.cdk8s.App;
import org.cdk8s.AppProps;
import org.cdk8s.Chart;
import org.cdk8s.ChartProps;
import org.cdk8s.Duration;
import org.cdk8s.plus27.ContainerProps;
import org.cdk8s.plus27.Deployment;
import org.cdk8s.plus27.DeploymentProps;
import org.cdk8s.plus27.Group;
import org.cdk8s.plus27.Namespaces;
import org.cdk8s.plus27.NamespacesSelectOptions;
import org.cdk8s.plus27.ServiceAccount;
import org.cdk8s.plus27.ServiceAccountProps;

/** The program of program.ts, in Java. */
public final class Main {
  public static void main(final String[] args) {
    final App app = new App(AppProps.builder().outdir(args[0]).build());

    final Chart reports = new Chart(app, "reports", ChartProps.builder().namespace("reports").build());
    final MultisiteKubeconfig kubeconfig = new MultisiteKubeconfig(reports, "Kubeconfig");
    final Deployment deployment =
        new Deployment(
            reports,
            "Deployment",
            DeploymentProps.builder()
                .replicas(1)
                .containers(
                    List.of(
                        ContainerProps.builder().name("reports").image("registry.example/reports:1.0").build()))
                .build());
    final ServiceAccount site =
        new ServiceAccount(
            reports,
            "Site",
            ServiceAccountProps.builder()
                .metadata(ApiObjectMetadata.builder().name("reports-site").build())
                .build());
    new MultisiteInit(
        reports,
        "Init",
        MultisiteInitProps.builder()
            .pod(deployment)
            .configMap(kubeconfig.getConfigMap())
            .location("berlin")
            .user("berlin")
            .credential(
                SiteCredential.requested(
                    site, RequestedCredentialOptions.builder().expiration(Duration.hours(2)).build()))
            .refresh(true)
            .build());

    final Chart manager = new Chart(app, "manager", ChartProps.builder().namespace("cloudify").build());
    new CloudifyManager(manager, "CloudifyManager");

    final Chart hold = new Chart(app, "hold", ChartProps.builder().namespace("apps").build());
    final ApiObjectMetadata named = ApiObjectMetadata.builder().name("controller").build();
    final Deployment controller =
        new Deployment(
            hold,
            "Controller",
            DeploymentProps.builder()
                .metadata(named)
                .serviceAccount(
                    new ServiceAccount(
                        hold, "Account", ServiceAccountProps.builder().metadata(named).build()))
                .containers(
                    List.of(
                        ContainerProps.builder()
                            .name("controller")
                            .image("registry.example/controller:1.0")
                            .build()))
                .build());
    Metainit.addLabel(controller);
    final Metainit metainit =
        new Metainit(
            hold,
            "Metainit",
            MetainitProps.builder().gates(List.of("example.com/hold")).namespaces(List.of("apps")).build());
    new HoldPods(
        hold,
        "HoldPods",
        HoldPodsProps.builder()
            .gate("example.com/hold")
            .namespaces(
                Namespaces.select(
                    hold, "Held", NamespacesSelectOptions.builder().labels(Map.of("hold", "true")).build()))
            .metainit(metainit)
            .mayRemoveGate(List.of(controller))
            .maySetLabel(List.of(Group.fromName(hold, "Deployers", "deployers")))
            .kubernetesVersion("1.36")
            .build());
    new MetainitStaticPod(
        hold,
        "StaticPod",
        MetainitStaticPodProps.builder().manifestChart(new Chart(app, "manifest")).port(9781).build());

    app.synth();
  }

  private Main() {}
}
