// The program of ../program.ts, in Go.
package main

import (
	"os"

	"github.com/aws/jsii-runtime-go"
	"github.com/cdk8s-multisite/cdk8s-multisite-go/cdk8smultisite"
	"github.com/cdk8s-team/cdk8s-core-go/cdk8s/v2"
	"github.com/cdk8s-team/cdk8s-plus-go/cdk8splus27/v2"
)

func main() {
	defer jsii.Close()
	app := cdk8s.NewApp(&cdk8s.AppProps{Outdir: &os.Args[1]})

	reports := cdk8s.NewChart(app, jsii.String("reports"), &cdk8s.ChartProps{Namespace: jsii.String("reports")})
	kubeconfig := cdk8smultisite.NewMultisiteKubeconfig(reports, jsii.String("Kubeconfig"), nil)
	deployment := cdk8splus27.NewDeployment(reports, jsii.String("Deployment"), &cdk8splus27.DeploymentProps{
		Replicas: jsii.Number(1),
		Containers: &[]*cdk8splus27.ContainerProps{
			{Name: jsii.String("reports"), Image: jsii.String("registry.example/reports:1.0")},
		},
	})
	site := cdk8splus27.NewServiceAccount(reports, jsii.String("Site"), &cdk8splus27.ServiceAccountProps{
		Metadata: &cdk8s.ApiObjectMetadata{Name: jsii.String("reports-site")},
	})
	cdk8smultisite.NewMultisiteInit(reports, jsii.String("Init"), &cdk8smultisite.MultisiteInitProps{
		Pod:       deployment,
		ConfigMap: kubeconfig.ConfigMap(),
		Location:  jsii.String("berlin"),
		User:      jsii.String("berlin"),
		Credential: cdk8smultisite.SiteCredential_Requested(site, &cdk8smultisite.RequestedCredentialOptions{
			Expiration: cdk8s.Duration_Hours(jsii.Number(2)),
		}),
		Refresh: jsii.Bool(true),
	})

	manager := cdk8s.NewChart(app, jsii.String("manager"), &cdk8s.ChartProps{Namespace: jsii.String("cloudify")})
	cdk8smultisite.NewCloudifyManager(manager, jsii.String("CloudifyManager"), nil)

	hold := cdk8s.NewChart(app, jsii.String("hold"), &cdk8s.ChartProps{Namespace: jsii.String("apps")})
	controller := cdk8splus27.NewDeployment(hold, jsii.String("Controller"), &cdk8splus27.DeploymentProps{
		Metadata: &cdk8s.ApiObjectMetadata{Name: jsii.String("controller")},
		ServiceAccount: cdk8splus27.NewServiceAccount(hold, jsii.String("Account"), &cdk8splus27.ServiceAccountProps{
			Metadata: &cdk8s.ApiObjectMetadata{Name: jsii.String("controller")},
		}),
		Containers: &[]*cdk8splus27.ContainerProps{
			{Name: jsii.String("controller"), Image: jsii.String("registry.example/controller:1.0")},
		},
	})
	cdk8smultisite.Metainit_AddLabel(controller, nil)
	metainit := cdk8smultisite.NewMetainit(hold, jsii.String("Metainit"), &cdk8smultisite.MetainitProps{
		Gates:      jsii.Strings("example.com/hold"),
		Namespaces: jsii.Strings("apps"),
	})
	cdk8smultisite.NewHoldPods(hold, jsii.String("HoldPods"), &cdk8smultisite.HoldPodsProps{
		Gate: jsii.String("example.com/hold"),
		Namespaces: cdk8splus27.Namespaces_Select(hold, jsii.String("Held"), &cdk8splus27.NamespacesSelectOptions{
			Labels: &map[string]*string{"hold": jsii.String("true")},
		}),
		Metainit:      metainit,
		MayRemoveGate: &[]cdk8splus27.ISubject{controller},
		MaySetLabel: &[]cdk8splus27.ISubject{
			cdk8splus27.Group_FromName(hold, jsii.String("Deployers"), jsii.String("deployers")),
		},
		KubernetesVersion: jsii.String("1.36"),
	})
	cdk8smultisite.NewMetainitStaticPod(hold, jsii.String("StaticPod"), &cdk8smultisite.MetainitStaticPodProps{
		ManifestChart: cdk8s.NewChart(app, jsii.String("manifest"), nil),
		Port:          jsii.Number(9781),
	})

	app.Synth()
}
